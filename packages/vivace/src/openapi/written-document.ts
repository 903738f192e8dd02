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
	/** By its members, in their order. */
	readonly #texts: ReadonlyMap<string, string>;
	readonly #servers: readonly Server[];
	readonly #own: DocumentBytes;
	/** Of the root path that was asked for last: nearly always it is the only one. */
	#other: BytesBelow | undefined;

	constructor(texts: ReadonlyMap<string, string>, servers: readonly Server[]) {
		this.#texts = texts;
		this.#servers = servers;
		const bytes = encoder.encode(textOf(texts));
		const length = bytes.length.toString(36);
		this.#own = { bytes, etag: `"${length}-${hashOf(bytes).toString(36)}"` };
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
		const servers = encodeJson([{ url: rootPath }, ...this.#servers]);
		const path = hashOf(encoder.encode(rootPath)).toString(36);
		return {
			rootPath,
			bytes: encoder.encode(
				textOf(new Map([...this.#texts, ["servers", servers]])),
			),
			etag: `${this.#own.etag.slice(0, -1)}-${path}"`,
		};
	}
}

/** Writes a document in steps. It is read while that lasts. */
export function* writingSteps(
	document: OpenApiDocument,
): Generator<unknown, WrittenDocument> {
	const texts = new Map<string, string>();
	for (const [key, member] of Object.entries(document)) {
		if (isWritten(member)) {
			texts.set(key, yield* jsonSteps(member, depthOfModels));
		}
	}
	return new WrittenDocument(texts, document.servers ?? []);
}

const encoder = new TextEncoder();

/** Where models stand below a member of the document: `schemas`, name. What is deeper is one step. */
const depthOfModels = 2;

function* jsonSteps(value: unknown, depth: number): Generator<unknown, string> {
	if (depth === 0 || !isNode(value) || !isPlain(value)) {
		yield;
		return encodeJson(value);
	}
	const texts = new Map<string, string>();
	for (const [key, member] of Object.entries(value)) {
		if (isWritten(member)) {
			texts.set(key, yield* jsonSteps(member, depth - 1));
		}
	}
	return textOf(texts);
}

function textOf(members: ReadonlyMap<string, string>): string {
	const texts = Array.from(
		members,
		([key, text]) => `${JSON.stringify(key)}:${text}`,
	);
	return `{${texts.join(",")}}`;
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

/** FNV-1a, 32 bits: it tells versions of a document apart, and needs no module. */
function hashOf(bytes: Uint8Array): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < bytes.length; index += 1) {
		hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
	}
	return hash >>> 0;
}
