import { once } from "node:events";
import { promisify } from "node:util";
import { constants, createGzip, gzip, gzipSync } from "node:zlib";
import { SetupError } from "../errors/setup-error.ts";
import type { Middleware } from "../http/middleware.ts";
import type { Response } from "../http/response.ts";
import type { ResponseHeaders } from "../http/response-headers.ts";
import { addVary } from "./vary.ts";

/** What is worth compressing, and how much. */
export interface CompressOptions {
	/** Smaller bodies are sent as they are, in bytes. Default: 500. */
	readonly minimumSizeBytes?: number;
	/** From 1 (fast) to 9 (small). Default: 9. */
	readonly level?: number;
	/**
	 * Media types that are not compressed, `"image/png"` or `"video/*"`. Default: what is compressed already (archives, pictures,
	 * sound, video, web fonts) and `text/event-stream`.
	 */
	readonly excludeContentTypes?: readonly string[];
}

/**
 * Compresses bodies with gzip for clients that accept it, streams piece by piece. Left alone: partial content (206), bodies that have
 * a `Content-Encoding` already, files that the server sends from a disk, and the excluded media types.
 *
 * A compressed answer is another representation: its strong `ETag` becomes a weak one (RFC 9110 §8.8.3).
 *
 * @throws SetupError `VIV_OPTION` for a level outside 1 to 9 or a negative size
 * @see FastAPI, "Advanced Middleware"; Starlette, "GZipMiddleware"
 */
export function compress(options: CompressOptions = {}): Middleware {
	const { minimumSizeBytes = 500, level = 9 } = options;
	assertRange("level", level, 1, 9);
	assertRange("minimumSizeBytes", minimumSizeBytes, 0, Number.MAX_SAFE_INTEGER);
	const excluded = new Set(
		(options.excludeContentTypes ?? alreadyCompressed).map(mediaTypeOf),
	);
	return async (request, next) => {
		const response = await next(request);
		const body = compressibleBody(response, minimumSizeBytes, excluded);
		if (body === undefined) return response;
		addVary(response.headers, "Accept-Encoding");
		if (acceptsGzip(request.header("accept-encoding"))) {
			await setCompressed(response, body, level);
		}
		return response;
	};
}

type Chunks = AsyncIterable<string | Uint8Array>;

const alreadyCompressed = [
	"application/gzip",
	"application/x-gzip",
	"application/zip",
	"audio/*",
	"font/woff",
	"font/woff2",
	"image/avif",
	"image/gif",
	"image/jpeg",
	"image/png",
	"image/webp",
	"text/event-stream",
	"video/*",
];

/** From here on a body is compressed beside the event loop. */
const asyncSizeBytes = 128 * 1024;

const gzipAsync = promisify<
	string | Uint8Array,
	{ readonly level: number },
	Uint8Array
>(gzip);

function compressibleBody(
	{ status, body, headers }: Response,
	minimumSizeBytes: number,
	excluded: ReadonlySet<string>,
): string | Uint8Array | Chunks | undefined {
	if (body === null || status === 206 || headers.has("content-encoding")) {
		return undefined;
	}
	const type = mediaTypeOf(headers.get("content-type") ?? "");
	if (excluded.has(type) || excluded.has(type.replace(/\/.*/, "/*"))) {
		return undefined;
	}
	if (typeof body === "string" || body instanceof Uint8Array) {
		return Buffer.byteLength(body) < minimumSizeBytes ? undefined : body;
	}
	return Symbol.asyncIterator in body ? body : undefined;
}

async function setCompressed(
	response: Response,
	body: string | Uint8Array | Chunks,
	level: number,
): Promise<void> {
	const { headers } = response;
	if (typeof body === "string" || body instanceof Uint8Array) {
		const compressed =
			body.length < asyncSizeBytes
				? gzipSync(body, { level })
				: await gzipAsync(body, { level });
		response.body = compressed;
		if (headers.has("content-length")) {
			headers.set("content-length", String(compressed.length));
		}
	} else {
		response.body = gzipChunks(body, level);
		headers.delete("content-length");
	}
	headers.set("content-encoding", "gzip");
	weakenEtag(headers);
}

/** Each chunk leaves as soon as it came, and none is asked for before the one before it has left. */
async function* gzipChunks(
	chunks: Chunks,
	level: number,
): AsyncGenerator<Uint8Array> {
	const stream = createGzip({ level, flush: constants.Z_SYNC_FLUSH });
	const pieces: Uint8Array[] = [];
	stream.on("data", (piece: Uint8Array) => pieces.push(piece));
	// the callback of `write` and `once` hear of an error as well; without a listener it would end the process
	stream.on("error", () => {});
	try {
		for await (const chunk of chunks) {
			if (chunk.length === 0) continue;
			await new Promise<void>((resolve, reject) => {
				stream.write(chunk, (error) => (error ? reject(error) : resolve()));
			});
			yield* pieces.splice(0);
		}
		const ended = once(stream, "end");
		stream.end();
		await ended;
		yield* pieces;
	} finally {
		stream.destroy();
	}
}

function weakenEtag(headers: ResponseHeaders): void {
	const etag = headers.get("etag");
	if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
}

/** Whether `gzip` is named, and not with a weight of zero (RFC 9110 §12.5.3). */
function acceptsGzip(header: string | undefined): boolean {
	return (
		header !== undefined &&
		/\bgzip\b/i.test(header) &&
		!/\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)/i.test(header)
	);
}

function mediaTypeOf(contentType: string): string {
	return contentType.replace(/;.*/s, "").trim().toLowerCase();
}

function assertRange(
	field: string,
	value: number,
	minimum: number,
	maximum: number,
): void {
	if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
	throw new SetupError(
		"VIV_OPTION",
		`compress: ${field} is a whole number from ${minimum} to ${maximum}, but got ${value}`,
	);
}
