import { type ByteRange, parseRange } from "./byte-range.ts";
import type { Request } from "./request.ts";
import type { Response, ResponseBody } from "./response.ts";
import {
	type FileBody,
	type FileSource,
	fileChunks,
	lookUpFile,
	openFile,
	type StoredFile,
} from "./stored-file.ts";
import { isNotModified, isRangeFresh } from "./validators.ts";

/** True for a body that is a file which was not looked up yet. */
export function isFileSource(body: ResponseBody): body is FileSource {
	return body !== null && typeof body === "object" && "namedLike" in body;
}

/**
 * Looks a response's file up and answers what the request asks of it: the whole, ranges (206, several as `multipart/byteranges`, or
 * 416), or that the client has it already (304). Nothing happens where the body is no file that is to be looked up.
 *
 * @throws Error when there is no such file, or when it is no regular file
 * @see RFC 9110 §13 and §14
 */
export async function answerFile(
	request: Request,
	response: Response,
): Promise<void> {
	if (!isFileSource(response.body)) {
		return;
	}
	const { path, namedLike, stored } = response.body;
	const file = stored ?? (await lookUp(request, path));
	await describe(response, file, namedLike);
	send(response, { start: 0, end: file.sizeBytes }, file);
	const isRead = request.method === "GET" || request.method === "HEAD";
	if (response.status === 200 && isRead) {
		applyConditions(request, response, file);
	}
}

/** Headers that do not hold for the answer that refuses a range. */
const aboutTheFile = [
	"content-disposition",
	"content-length",
	"etag",
	"last-modified",
];

function applyConditions(
	request: Request,
	response: Response,
	file: StoredFile,
): void {
	const header = (name: string) => request.header(name);
	const validators = {
		etag: response.headers.get("etag") ?? "",
		lastModified: response.headers.get("last-modified") ?? "",
	};
	if (isNotModified(header, validators)) {
		response.status = 304;
		response.body = null;
		response.headers.delete("content-type");
		response.headers.delete("content-disposition");
		return;
	}
	// GET is the only method for which ranges are defined (RFC 9110 §14.2)
	const range = request.method === "GET" ? header("range") : undefined;
	if (range !== undefined && isRangeFresh(header, validators)) {
		answerRange(response, range, file);
	}
}

async function describe(
	response: Response,
	file: StoredFile,
	namedLike: string,
): Promise<void> {
	if (!response.headers.has("content-type")) {
		response.headers.append("content-type", await mediaTypeOf(namedLike));
	}
	const modified = new Date(file.modifiedMs).toUTCString();
	setIfMissing(response, "last-modified", modified);
	setIfMissing(response, "etag", etagOf(file));
}

function setIfMissing({ headers }: Response, name: string, value: string) {
	if (!headers.has(name)) {
		headers.append(name, value);
	}
}

function answerRange(
	response: Response,
	header: string,
	file: StoredFile,
): void {
	const wanted = parseRange(header, file.sizeBytes);
	if (wanted.kind === "malformed") {
		refuse(response, 400, wanted.detail);
	} else if (wanted.kind === "unsatisfiable") {
		response.headers.set("content-range", `bytes */${file.sizeBytes}`);
		refuse(response, 416, null);
	} else if (wanted.kind === "ranges") {
		response.status = 206;
		const [range, ...others] = wanted.ranges;
		if (others.length > 0) {
			sendParts(response, wanted.ranges, file);
		} else if (range !== undefined) {
			response.headers.set("content-range", contentRange(range, file));
			send(response, range, file);
		}
	}
}

function refuse(response: Response, status: number, text: string | null): void {
	response.status = status;
	response.body = text;
	response.headers.set("content-type", "text/plain; charset=utf-8");
	for (const name of aboutTheFile) {
		response.headers.delete(name);
	}
}

function send(response: Response, range: ByteRange, file: StoredFile): void {
	const part = partOf(range, file);
	response.body = part instanceof Uint8Array ? part : { file: part };
	response.headers.set("content-length", String(range.end - range.start));
}

function sendParts(
	response: Response,
	ranges: readonly ByteRange[],
	file: StoredFile,
): void {
	const { headers } = response;
	const contentType = headers.get("content-type") ?? "";
	const parts = new RangeParts(ranges, file, contentType);
	response.body = parts;
	headers.set(
		"content-type",
		`multipart/byteranges; boundary=${parts.boundary}`,
	);
	headers.set("content-length", String(parts.sizeBytes));
}

/** Several ranges of a file as `multipart/byteranges` (RFC 9110 §14.6). */
class RangeParts implements AsyncIterable<string | Uint8Array> {
	readonly boundary: string = crypto.randomUUID().replaceAll("-", "");
	readonly sizeBytes: number;
	readonly #pieces: (string | Uint8Array | FileBody)[] = [];

	constructor(
		ranges: readonly ByteRange[],
		file: StoredFile,
		contentType: string,
	) {
		for (const range of ranges) {
			const head = `--${this.boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: ${contentRange(range, file)}\r\n\r\n`;
			this.#pieces.push(head, partOf(range, file), "\r\n");
		}
		this.#pieces.push(`--${this.boundary}--`);
		this.sizeBytes = this.#pieces.reduce(
			// header values are ISO 8859-1, and ours are ASCII: a character is a byte
			(sum, piece) =>
				sum + (isFileBody(piece) ? piece.sizeBytes : piece.length),
			0,
		);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
		for (const piece of this.#pieces) {
			if (typeof piece === "string" || piece instanceof Uint8Array) {
				yield piece;
			} else {
				yield* fileChunks(piece);
			}
		}
	}
}

function isFileBody(piece: string | Uint8Array | FileBody): piece is FileBody {
	return typeof piece === "object" && "sizeBytes" in piece;
}

function contentRange(range: ByteRange, file: StoredFile): string {
	return `bytes ${range.start}-${range.end - 1}/${file.sizeBytes}`;
}

function partOf(
	{ start, end }: ByteRange,
	{ path, handle, content }: StoredFile,
): FileBody | Uint8Array {
	return (
		content?.subarray(start, end) ?? {
			path,
			offset: start,
			sizeBytes: end - start,
			handle,
		}
	);
}

async function lookUp(request: Request, path: string): Promise<StoredFile> {
	try {
		if (request.method === "HEAD") {
			return await lookUpFile(path);
		}
		return await openFor(request, path);
	} catch (cause) {
		throw new Error(`The FileResponse of ${path} can't be sent.`, { cause });
	}
}

/**
 * Opens a file that is closed when the request is over. Until then it is the same file, whatever takes its name meanwhile.
 *
 * @throws Error when it can't be read
 */
export async function openFor(
	request: Request,
	path: string,
): Promise<StoredFile> {
	const file = await openFile(path);
	try {
		request.whenSettled(() => file.handle.close());
	} catch (error) {
		await file.handle.close();
		throw error;
	}
	return file;
}

/** The media type of a file by the ending of its name, with the character set of a text. */
export async function mediaTypeOf(name: string): Promise<string> {
	// loaded when a file is sent: its table takes 7 ms to load (Node 26)
	const { default: mime } = await import("mime");
	const type = mime.getType(name) ?? "application/octet-stream";
	return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** The size too, because a file can be replaced by an older one; microseconds, because it can change twice within a millisecond. */
export function etagOf(file: StoredFile): string {
	const modified = Math.trunc(file.modifiedMs * 1000).toString(36);
	return `"${file.sizeBytes.toString(36)}-${modified}"`;
}
