import { encodeJson } from "../json/encode.ts";
import { isNode } from "./document-tree.ts";
import type { OpenApiDocument } from "./operation.ts";

/** A document as it is sent. */
export interface DocumentBytes {
	/** UTF-8. */
	readonly bytes: Uint8Array;
	/** Strong entity tag with its quotes. */
	readonly etag: string;
}

interface BytesBelow extends DocumentBytes {
	readonly rootPath: string;
}

interface Server {
	readonly url?: unknown;
}

/** A document whose text is written once, whatever path its app is served below. */
export class WrittenDocument {
	readonly #servers: readonly Server[];
	/** Where the list of servers stands among the bytes, or would stand. */
	readonly #place: Place;
	readonly #own: DocumentBytes;
	/** Of the root path that was asked for last: nearly always it is the only one. */
	#other: BytesBelow | undefined;

	constructor(own: DocumentBytes, servers: readonly Server[], place: Place) {
		this.#own = own;
		this.#servers = servers;
		this.#place = place;
	}

	/** @param rootPath is the first of the servers, unless it is empty or one of them */
	below(rootPath: string): DocumentBytes {
		if (rootPath === "" || this.#servers.some(({ url }) => url === rootPath)) {
			return this.#own;
		}
		let other = this.#other;
		if (other?.rootPath !== rootPath) {
			other = this.#withServer(rootPath);
			this.#other = other;
		}
		return other;
	}

	#withServer(rootPath: string): BytesBelow {
		const { bytes, etag } = this.#own;
		const { start, end, before } = this.#place;
		const list = encodeJson([{ url: rootPath }, ...this.#servers]);
		const servers = encoder.encode(before + list);
		const path = hashOf(firstHash, encoder.encode(rootPath)).toString(36);
		return {
			rootPath,
			bytes: joined([bytes.subarray(0, start), servers, bytes.subarray(end)]),
			etag: `${etag.slice(0, -1)}-${path}"`,
		};
	}
}

/** The range of a list of servers, empty where there is none, and the text that goes before one then. */
interface Place {
	readonly start: number;
	readonly end: number;
	readonly before: string;
}

/** Writes a document in steps. It is read while that lasts. */
export function* writingSteps(
	document: OpenApiDocument,
): Generator<unknown, WrittenDocument> {
	const writer = new DocumentWriter();
	let place: Place | undefined;
	let separator = "";
	writer.write("{");
	for (const [key, member] of Object.entries(document)) {
		if (isWritten(member)) {
			writer.write(`${separator}${JSON.stringify(key)}:`);
			const start = writer.sizeBytes;
			yield* jsonSteps(member, depthOfModels, writer);
			if (key === "servers") {
				place = { start, end: writer.sizeBytes, before: "" };
			}
			separator = ",";
		}
	}
	const end = writer.sizeBytes;
	place ??= { start: end, end, before: `${separator}"servers":` };
	writer.write("}");
	yield;
	return new WrittenDocument(writer.finish(), document.servers ?? [], place);
}

const encoder = new TextEncoder();

/** Where models stand below a member of the document: `schemas`, name. What is deeper is one step. */
const depthOfModels = 2;

function* jsonSteps(
	value: unknown,
	depth: number,
	writer: DocumentWriter,
): Generator<unknown, void> {
	if (depth === 0 || !isNode(value) || !isPlain(value)) {
		yield;
		writer.write(encodeJson(value));
		return;
	}
	let separator = "";
	writer.write("{");
	for (const key of Object.keys(value)) {
		const member = value[key];
		if (isWritten(member)) {
			writer.write(`${separator}${JSON.stringify(key)}:`);
			yield* jsonSteps(member, depth - 1, writer);
			separator = ",";
		}
	}
	writer.write("}");
}

/** So much text is made bytes at a time: 8 MB at once would hold everybody up for 40 ms. */
const textLength = 16_384;

/** The bytes of a text that comes in pieces, and its hash. */
class DocumentWriter {
	readonly #chunks: Uint8Array[] = [];
	#sizeBytes = 0;
	#hash = firstHash;
	#text = "";

	write(text: string): void {
		this.#text += text;
		if (this.#text.length > textLength) {
			this.#encode();
		}
	}

	get sizeBytes(): number {
		this.#encode();
		return this.#sizeBytes;
	}

	finish(): DocumentBytes {
		const length = this.sizeBytes.toString(36);
		const etag = `"${length}-${this.#hash.toString(36)}"`;
		return { bytes: joined(this.#chunks), etag };
	}

	#encode(): void {
		const bytes = encoder.encode(this.#text);
		this.#text = "";
		this.#hash = hashOf(this.#hash, bytes);
		this.#sizeBytes += bytes.length;
		this.#chunks.push(bytes);
	}
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
	const size = chunks.reduce((sum, { length }) => sum + length, 0);
	const bytes = new Uint8Array(size);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.length;
	}
	return bytes;
}

/** A function of the program's own may have made the document, and written what JSON has no form for. */
function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return (
		(prototype === Object.prototype || prototype === null) &&
		!("toJSON" in value)
	);
}

function isWritten(value: unknown): boolean {
	return (
		value !== undefined &&
		typeof value !== "function" &&
		typeof value !== "symbol"
	);
}

const firstHash = 0x811c9dc5;

/** FNV-1a, 32 bits, of further bytes: it tells versions of a document apart, and needs no module. */
function hashOf(before: number, bytes: Uint8Array): number {
	let hash = before;
	for (let index = 0; index < bytes.length; index += 1) {
		hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
	}
	return hash >>> 0;
}
