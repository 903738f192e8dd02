import { type ByteRange, parseRange } from "./byte-range.ts";
import { contentDisposition } from "./content-disposition.ts";
import { fileChunks, lookUpFile, type StoredFile } from "./disk.ts";
import type { Request } from "./request.ts";
import { type FileBody, Response, type ResponseOptions } from "./response.ts";
import { isNotModified, isRangeFresh } from "./validators.ts";

/** Options of a {@link FileResponse}. */
export interface FileResponseOptions extends ResponseOptions {
	/** The name under which the client saves it. Default: none, the client takes the last part of the URL. */
	readonly filename?: string;
	/** Whether to save the file or to show it; takes effect with `filename`. Default: `"attachment"`. */
	readonly contentDispositionType?: "attachment" | "inline";
	/** Default: by the ending of `filename`, or else of `path`; `application/octet-stream` for an unknown one. */
	readonly mediaType?: string;
}

/** What does not hold for the answer that refuses a range. */
const ABOUT_THE_FILE = [
	"content-disposition",
	"content-length",
	"etag",
	"last-modified",
];

/**
 * An answer that sends a file from the disk, with `ETag`, `Last-Modified` and `Content-Length`. It is looked up when the answer is
 * sent: a client that has the same file already gets 304, one that asks for ranges gets 206 (several as `multipart/byteranges`) or
 * 416. A file that is not there, or is no regular file, is an internal error (500); the path stands only in the log.
 *
 * @param path path of the file; never made of unchecked input
 * @example
 * ```ts
 * import { FileResponse } from "vivace";
 *
 * const answer = new FileResponse("reports/2026.pdf", { filename: "report.pdf" });
 * ```
 * @see FastAPI, "Custom Response"; RFC 9110 §13 and §14
 */
export class FileResponse extends Response {
	/** Path of the file. */
	readonly path: string;
	readonly #namedLike: string;
	#isPrepared = false;

	constructor(path: string, options: FileResponseOptions = {}) {
		super(null, options);
		const { filename, contentDispositionType = "attachment" } = options;
		this.path = path;
		this.#namedLike = filename ?? path;
		this.#setIfMissing("accept-ranges", "bytes");
		if (filename !== undefined) {
			this.#setIfMissing(
				"content-disposition",
				contentDisposition(contentDispositionType, filename),
			);
		}
	}

	/** @internal @throws Error when there is no such file, or when it is no regular file */
	override async prepare(request: Request): Promise<void> {
		if (this.#isPrepared) {
			return;
		}
		this.#isPrepared = true;
		const file = await lookUp(this.path);
		await this.#setHeaders(file);
		this.#send({ path: file.path, offset: 0, sizeBytes: file.sizeBytes });
		const isRead = request.method === "GET" || request.method === "HEAD";
		if (this.status === 200 && isRead) {
			this.#applyConditions(request, file);
		}
	}

	#applyConditions(request: Request, file: StoredFile): void {
		const header = (name: string) => request.header(name);
		const validators = {
			etag: this.headers.get("etag") ?? "",
			lastModified: this.headers.get("last-modified") ?? "",
		};
		if (isNotModified(header, validators)) {
			this.#answerNotModified();
			return;
		}
		// GET is the only method for which ranges are defined (RFC 9110 §14.2)
		const range = request.method === "GET" ? header("range") : undefined;
		if (range !== undefined && isRangeFresh(header, validators)) {
			this.#answerRange(range, file);
		}
	}

	async #setHeaders(file: StoredFile): Promise<void> {
		if (!this.headers.has("content-type")) {
			this.headers.append("content-type", await mediaTypeOf(this.#namedLike));
		}
		this.#setIfMissing(
			"last-modified",
			new Date(file.modifiedMs).toUTCString(),
		);
		this.#setIfMissing("etag", etagOf(file));
	}

	#setIfMissing(name: string, value: string): void {
		if (!this.headers.has(name)) {
			this.headers.append(name, value);
		}
	}

	#answerNotModified(): void {
		this.status = 304;
		this.body = null;
		this.headers.delete("content-type");
		this.headers.delete("content-disposition");
	}

	#answerRange(header: string, file: StoredFile): void {
		const wanted = parseRange(header, file.sizeBytes);
		if (wanted.kind === "malformed") {
			this.#refuse(400, "Malformed range header.");
		} else if (wanted.kind === "unsatisfiable") {
			this.headers.set("content-range", `bytes */${file.sizeBytes}`);
			this.#refuse(416, null);
		} else if (wanted.kind === "ranges") {
			this.status = 206;
			const [range, ...others] = wanted.ranges;
			if (others.length > 0) {
				this.#sendParts(wanted.ranges, file);
			} else if (range !== undefined) {
				this.#sendPart(range, file);
			}
		}
	}

	#refuse(status: number, text: string | null): void {
		this.status = status;
		this.body = text;
		this.headers.set("content-type", "text/plain; charset=utf-8");
		for (const name of ABOUT_THE_FILE) {
			this.headers.delete(name);
		}
	}

	#send(file: FileBody): void {
		this.body = { file };
		this.headers.set("content-length", String(file.sizeBytes));
	}

	#sendPart(range: ByteRange, file: StoredFile): void {
		this.headers.set("content-range", contentRange(range, file));
		this.#send(fileBody(range, file));
	}

	#sendParts(ranges: readonly ByteRange[], file: StoredFile): void {
		const contentType = this.headers.get("content-type") ?? "";
		const parts = new RangeParts(ranges, file, contentType);
		this.body = parts;
		this.headers.set(
			"content-type",
			`multipart/byteranges; boundary=${parts.boundary}`,
		);
		this.headers.set("content-length", String(parts.sizeBytes));
	}
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
