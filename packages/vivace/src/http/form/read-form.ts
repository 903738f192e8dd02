import { BodyTooLargeError } from "../body-too-large-error.ts";
import type { Exchange } from "../exchange.ts";
import type { ResolvedLimits } from "../limits.ts";
import { FormBuilder } from "./form-builder.ts";
import { formEncoding } from "./form-encoding.ts";
import { multipartParser } from "./multipart-parser.ts";
import { type MultipartParser, partEnd } from "./multipart-port.ts";
import { type FormEntry, ReceivedForm } from "./received-form.ts";
import { UploadStore } from "./spool.ts";
import { UrlencodedParser } from "./urlencoded-parser.ts";

/** The request that a form is read from. */
export interface FormSource {
	readonly exchange: Exchange;
	header(name: string): string | undefined;
	/** The whole body, for a small one. */
	bytesWithin(limitBytes: number): Promise<Uint8Array>;
	/** The body in its pieces; nobody else may have begun to read it. */
	takeChunks(): AsyncIterable<Uint8Array>;
}

/** A body up to so many bytes is read at once: that takes less time than to wait for its pieces. */
const smallBytes = 64 * 1024;

/**
 * Reads a form, urlencoded or multipart; of any other media type it is empty, as in Starlette. Its files end with the request, and at once
 * where the form can't be read.
 *
 * @throws HTTPException 400 for what is no form, or has too much in it; 413 for a file or a form that is too large
 */
export async function readForm(
	source: FormSource,
	limits: ResolvedLimits,
): Promise<ReceivedForm> {
	const encoding = formEncoding(source.header("content-type"));
	if (encoding.kind === "other") {
		return new ReceivedForm([]);
	}
	if (encoding.kind === "urlencoded") {
		return new ReceivedForm(await readUrlencoded(source, limits));
	}
	const store = new UploadStore();
	const builder = new FormBuilder(limits, store);
	const parser = multipartParser(encoding.boundary);
	// whoever hears of the end may still read them
	source.exchange.whenAllSettled(() => store.close());
	try {
		await readPieces(source, limits.formBytes, (chunk) =>
			takeChunk(parser, builder, chunk),
		);
		parser.finish();
		await builder.complete();
	} catch (error) {
		await store.close();
		throw error;
	}
	return new ReceivedForm(builder.entries);
}

/** Waits only where something has to be written. */
async function takeChunk(
	parser: MultipartParser,
	builder: FormBuilder,
	chunk: Uint8Array,
): Promise<void> {
	for (const token of parser.feed(chunk)) {
		if (token instanceof Uint8Array) {
			const pending = builder.add(token);
			if (pending !== undefined) {
				await pending;
			}
		} else if (token === partEnd) {
			const pending = builder.end();
			if (pending !== undefined) {
				await pending;
			}
		} else {
			builder.begin(token);
		}
	}
}

async function readUrlencoded(
	source: FormSource,
	limits: ResolvedLimits,
): Promise<readonly FormEntry[]> {
	const parser = new UrlencodedParser(limits);
	await readPieces(source, limits.formBytes, (chunk) => {
		parser.feed(chunk);
		if (parser.heldBytes > limits.bodyBytes) {
			throw new BodyTooLargeError(limits.bodyBytes);
		}
	});
	const pairs = parser.pairs();
	const entries: FormEntry[] = [];
	for (let index = 0; index < pairs.length; index += 2) {
		entries.push({
			name: pairs[index] as string,
			value: pairs[index + 1] as string,
		});
	}
	return entries;
}

/**
 * Hands on the body in its pieces, each when the one before has been taken.
 *
 * @throws BodyTooLargeError before anything is read, where its length says so, else with the piece too many
 */
async function readPieces(
	source: FormSource,
	limitBytes: number,
	take: (chunk: Uint8Array) => Promise<void> | void,
): Promise<void> {
	const announced = Number(source.header("content-length") ?? Number.NaN);
	if (announced > limitBytes) {
		throw new BodyTooLargeError(limitBytes);
	}
	if (announced <= smallBytes) {
		await take(await source.bytesWithin(limitBytes));
		return;
	}
	let size = 0;
	for await (const chunk of source.takeChunks()) {
		size += chunk.length;
		if (size > limitBytes) {
			throw new BodyTooLargeError(limitBytes);
		}
		await take(chunk);
	}
}
