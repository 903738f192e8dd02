/** Holds the model in a thread of its own: its runtime blocks the thread that asks it, and requests must not wait for that. */
import { parentPort } from "node:worker_threads";
import { type Line, OcrModel } from "./ocr/ocr-model.ts";
import { PictureError } from "./ocr/picture-error.ts";

/** A message to the thread: read a picture, or give the model back and end. */
export type ToThread =
	| { readonly kind: "read"; readonly picture: Uint8Array }
	| { readonly kind: "release" };

/** A message of the thread. Each "read" is answered by "lines" or "refused"; "ready" comes once. */
export type FromThread =
	| {
			readonly kind: "progress";
			readonly done: number;
			readonly total: number;
			readonly text: string;
	  }
	| { readonly kind: "ready" }
	| { readonly kind: "lines"; readonly lines: readonly Line[] }
	| { readonly kind: "refused"; readonly reason: string };

const port = parentPort;
if (port === null) {
	throw new Error("reader-thread.ts runs as a thread only");
}
const tell = (message: FromThread) => port.postMessage(message);

const model = await OcrModel.load((done, total, text) =>
	tell({ kind: "progress", done, total, text }),
);
port.on("message", (message: ToThread) => {
	if (message.kind === "read") {
		void read(message.picture);
	} else {
		void release();
	}
});
tell({ kind: "ready" });

// an error that is not the picture's fault is left unhandled: it ends the thread, and the other side hears of it
async function read(picture: Uint8Array): Promise<void> {
	try {
		tell({ kind: "lines", lines: await model.read(picture) });
	} catch (error) {
		if (!(error instanceof PictureError)) {
			throw error;
		}
		tell({ kind: "refused", reason: error.message });
	}
}

async function release(): Promise<void> {
	await model[Symbol.asyncDispose]();
	port?.close(); // nothing keeps the thread any longer
}
