import type { Model } from "./model.ts";

/** The two sides of one model; one of them may be missing. */
export interface DirectionPair {
	readonly input?: Model | undefined;
	readonly output?: Model | undefined;
}

/** Which input and which output are two sides of one model: those that are equal, else those whose schemas say so. */
export function pairDirections(
	models: readonly Model[],
): readonly DirectionPair[] {
	const inputs = models.filter(({ direction }) => direction === "input");
	const outputs = models.filter(({ direction }) => direction === "output");
	const pairs: { input?: Model | undefined; output?: Model | undefined }[] =
		inputs.map((input) => ({
			input,
			output: outputs.find(({ text }) => text === input.text),
		}));
	for (const output of outputs) {
		if (pairs.some((pair) => pair.output === output)) {
			continue;
		}
		const open = pairs.find(
			(pair) =>
				pair.output === undefined &&
				pair.input !== undefined &&
				areTwoSides(pair.input, output),
		);
		if (open) {
			open.output = output;
		} else {
			pairs.push({ output });
		}
	}
	return pairs;
}

/** The side of a pair that the document came upon first. */
export function firstMet({ input, output }: DirectionPair): Model | undefined {
	return input && output && output.index < input.index
		? output
		: (input ?? output);
}

function areTwoSides(input: Model, output: Model): boolean {
	return (
		input.otherTexts().includes(output.text) ||
		output.otherTexts().includes(input.text)
	);
}

/**
 * One name for both directions if they are equal. A recursive model always has two, as with Pydantic: each direction refers to
 * itself, and so the two are never equal.
 */
export function namesOf({ input, output }: DirectionPair): readonly {
	readonly model: Model;
	readonly suffix: string;
}[] {
	const models = [input, output].filter((model) => model !== undefined);
	const isOne =
		models.length < 2 || (input?.text === output?.text && !input?.isRecursive);
	return models.map((model) => ({
		model,
		suffix: isOne ? "" : model.direction === "input" ? "-Input" : "-Output",
	}));
}
