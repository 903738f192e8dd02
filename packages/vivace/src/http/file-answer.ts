import { type ByteRange, parseRange } from "./byte-range.ts";
import type { Request } from "./request.ts";
import type {
	FileBody,
	FileSource,
	Response,
	ResponseBody,
} from "./response.ts";
import { fileChunks, lookUpFile, type StoredFile } from "./stored-file.ts";
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
	const { path, namedLike } = response.body;
	const file = await lookUp(path);
	await describe(response, file, namedLike);
	send(response, { path: file.path, offset: 0, sizeBytes: file.sizeBytes });
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
		refuse(response, 400, "Malformed range header.");
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
			send(response, fileBody(range, file));
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

function send(response: Response, file: FileBody): void {
	response.body = { file };
	response.headers.set("content-length", String(file.sizeBytes));
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
	readonly #pieces: (string | FileBody)[] = [];

	constructor(
		ranges: readonly ByteRange[],
		file: StoredFile,
		contentType: string,
	) {
		for (const range of ranges) {
			const head = `--${this.boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: ${contentRange(range, file)}\r\n\r\n`;
			this.#pieces.push(head, fileBody(range, file), "\r\n");
		}
		this.#pieces.push(`--${this.boundary}--`);
		this.sizeBytes = this.#pieces.reduce(
			// header values are ISO 8859-1, and ours are ASCII: a character is a byte
			(sum, piece) =>
				sum + (typeof piece === "string" ? piece.length : piece.sizeBytes),
			0,
		);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
		for (const piece of this.#pieces) {
			if (typeof piece === "string") {
				yield piece;
			} else {
				yield* fileChunks(piece);
			}
		}
	}
}

function contentRange(range: ByteRange, file: StoredFile): string {
	return `bytes ${range.start}-${range.end - 1}/${file.sizeBytes}`;
}

function fileBody({ start, end }: ByteRange, { path }: StoredFile): FileBody {
	return { path, offset: start, sizeBytes: end - start };
}

async function lookUp(path: string): Promise<StoredFile> {
	try {
		return await lookUpFile(path);
	} catch (cause) {
		throw new Error(`The FileResponse of ${path} can't be sent.`, { cause });
	}
}

async function mediaTypeOf(name: string): Promise<string> {
	// loaded when a file is sent: its table takes 7 ms to load (Node 26)
	const { default: mime } = await import("mime");
	const type = mime.getType(name) ?? "application/octet-stream";
	return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

// the size too, because a file can be replaced by an older one; microseconds, because it can change twice within a millisecond
function etagOf(file: StoredFile): string {
	const modified = Math.trunc(file.modifiedMs * 1000).toString(36);
	return `"${file.sizeBytes.toString(36)}-${modified}"`;
}
