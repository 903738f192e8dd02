import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { answerFile, isFileSource } from "../http/file-answer.ts";
import { type Middleware, makesMiddleware } from "../http/middleware.ts";
import type { Response, ResponseBody } from "../http/response.ts";
import { bodyChunks, bodyLengthBytes } from "../http/response-body.ts";
import type { ResponseHeaders } from "../http/response-headers.ts";
import { GzipChunks } from "./gzip-chunks.ts";

/** Options of {@link compress}. */
export interface CompressOptions {
	/** Smaller bodies are not compressed, in bytes. Default: 500. */
	readonly minimumSizeBytes?: number;
	/** From 1 (fast) to 9 (small). Default: 9. */
	readonly level?: number;
	/**
	 * Media types that are not compressed, `"image/png"` or `"video/*"`. Default: types that are compressed already (archives, images,
	 * audio, video, web fonts) and `text/event-stream`.
	 */
	readonly excludeContentTypes?: readonly string[];
}

/**
 * Compresses bodies with gzip for clients that accept it, streams and files chunk by chunk. Not compressed are partial content (206),
 * bodies that already have a `Content-Encoding`, and the excluded media types. A compressed response is another representation: its
 * strong `ETag` becomes a weak one (RFC 9110 §8.8.3), and it supports no ranges.
 *
 * @throws SetupError `VIV_OPTION` for a level outside 1 to 9 or a negative size
 * @see FastAPI, "Advanced Middleware"; Starlette, "GZipMiddleware"
 */
export function compress(options: CompressOptions = {}): Middleware {
	assertOptions("compress()", options, rules);
	const { minimumSizeBytes = 500, level = 9 } = options;
	assertRange("level", level, 1, 9);
	assertRange("minimumSizeBytes", minimumSizeBytes, 0, Number.MAX_SAFE_INTEGER);
	const excluded = new Set(
		(options.excludeContentTypes ?? alreadyCompressed).map(mediaTypeOf),
	);
	return async (request, next) => {
		const response = await next(request);
		await answerFile(request, response); // says how long a file is, and whether a part of it was asked for
		if (isCompressible(response, minimumSizeBytes, excluded)) {
			response.headers.addVary("Accept-Encoding");
			if (acceptsGzip(request.header("accept-encoding"))) {
				await setCompressed(response, level);
			}
		}
		return response;
	};
}

makesMiddleware(compress);

const rules: OptionRules<CompressOptions> = {
	minimumSizeBytes: "any", // assertRange
	level: "any", // assertRange
	excludeContentTypes: "texts",
};

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

function isCompressible(
	{ status, body, headers }: Response,
	minimumSizeBytes: number,
	excluded: ReadonlySet<string>,
): boolean {
	if (
		body === null ||
		isFileSource(body) ||
		status === 206 ||
		headers.has("content-encoding")
	) {
		return false;
	}
	const type = mediaTypeOf(headers.get("content-type") ?? "");
	if (excluded.has(type) || excluded.has(type.replace(/\/.*/, "/*"))) {
		return false;
	}
	return (
		(bodyLengthBytes(body) ?? Number.POSITIVE_INFINITY) >= minimumSizeBytes
	);
}

async function setCompressed(response: Response, level: number): Promise<void> {
	const { body, headers } = response;
	response.body = await compressed(body, level);
	headers.set("content-encoding", "gzip");
	headers.delete("content-length"); // the server says the new one
	headers.delete("accept-ranges");
	weakenEtag(headers);
}

async function compressed(
	body: ResponseBody,
	level: number,
): Promise<ResponseBody> {
	if (typeof body !== "string" && !(body instanceof Uint8Array)) {
		return new GzipChunks(bodyChunks(body), level);
	}
	return body.length < asyncSizeBytes
		? gzipSync(body, { level })
		: gzipAsync(body, { level });
}

function weakenEtag(headers: ResponseHeaders): void {
	const etag = headers.get("etag");
	if (etag?.startsWith('"')) {
		headers.set("etag", `W/${etag}`);
	}
}

/** True when `gzip` is named, and not with a weight of zero (RFC 9110 §12.5.3). */
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
	if (Number.isInteger(value) && value >= minimum && value <= maximum) {
		return;
	}
	throw new SetupError(
		"VIV_OPTION",
		`compress: ${field} is a whole number from ${minimum} to ${maximum}, but got ${value}`,
	);
}
