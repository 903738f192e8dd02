import type { InferenceSession } from "onnxruntime-node";
import { type Box, type Picture, scaledPart, toTensor } from "./picture.ts";

/** The text of a line, and how sure the model is: 0 to 1. */
export interface Recognised {
	readonly text: string;
	readonly confidence: number;
}

/** The height of a line that the model was trained with, in pixels. */
const lineHeight = 48;
const longestLine = 3200;

/** Reads one line of text. */
export async function recogniseLine(
	session: InferenceSession,
	characters: readonly string[],
	picture: Picture,
	box: Box,
): Promise<Recognised> {
	const width = Math.round((lineHeight * box.width) / box.height);
	const size = {
		width: Math.min(longestLine, Math.max(16, width)),
		height: lineHeight,
	};
	const line = await scaledPart(picture, box, size);
	const input = toTensor(line, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
	const output = await session.run({ [session.inputNames[0] ?? ""]: input });
	const data = output[session.outputNames[0] ?? ""]?.data as Float32Array; // steps × characters, probabilities
	return decodeSteps(data, characters);
}

/** The characters that the model can tell apart: none first, those of the dictionary, the space last. */
export function charactersOf(dictionary: string): readonly string[] {
	return ["", ...dictionary.replace(/\r?\n$/, "").split(/\r?\n/), " "];
}

/**
 * The text of a line by connectionist temporal classification: the likeliest character of each step, repeated ones once, "none"
 * left out.
 */
export function decodeSteps(
	probabilities: Float32Array,
	characters: readonly string[],
): Recognised {
	let text = "";
	let sum = 0;
	let count = 0;
	let previous = 0;
	const stepSize = characters.length;
	for (let step = 0; step < probabilities.length; step += stepSize) {
		const best = indexOfLargest(probabilities, step, step + stepSize);
		if (best !== previous && best !== 0) {
			text += characters[best];
			sum += probabilities[step + best] as number;
			count++;
		}
		previous = best;
	}
	return { text, confidence: count === 0 ? 0 : sum / count };
}

function indexOfLargest(
	values: Float32Array,
	from: number,
	to: number,
): number {
	let best = from;
	for (let index = from + 1; index < to; index++) {
		if ((values[index] as number) > (values[best] as number)) {
			best = index;
		}
	}
	return best - from;
}
