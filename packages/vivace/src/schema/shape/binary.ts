import { type MarkedSchema, markKey, mediaTypesKey } from "./marks.ts";

const octets = {
	type: "string",
	contentMediaType: "application/octet-stream",
} as const;

/** An uploaded file, as FastAPI documents it. */
export const anyFile: MarkedSchema = { ...octets, [markKey]: "file" };

/** The bytes of one. */
export const anyBytes: MarkedSchema = { ...octets, [markKey]: "bytes" };

/** The schema that takes the instances of a class: bytes, a file; `undefined` for any other. */
export function binaryInstance(type: unknown): MarkedSchema | undefined {
	if (typeof type !== "function") {
		return undefined;
	}
	if (type === Uint8Array || type.prototype instanceof Uint8Array) {
		return anyBytes;
	}
	// on Bun a `File` is a `Blob`, but its prototype is not
	const isFile = [Blob, File].some(
		(known) => type === known || type.prototype instanceof known,
	);
	return isFile ? anyFile : undefined;
}

/** A file of certain media types: one is the content's own, several are told by the encoding of the body (OpenAPI 3.1.1 §4.8.15). */
export function ofMediaTypes(mediaTypes: readonly string[]): MarkedSchema {
	const [only, ...more] = mediaTypes;
	return {
		...(only !== undefined && more.length === 0 && { contentMediaType: only }),
		[mediaTypesKey]: mediaTypes,
	};
}
