import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { contentDisposition } from "./content-disposition.ts";
import { Response, type ResponseOptions, responseRules } from "./response.ts";

/** Options of a {@link FileResponse}. */
export interface FileResponseOptions extends ResponseOptions {
	/** The file name for a download. Default: none, the client uses the last part of the URL. */
	readonly filename?: string;
	/** Saves the file (`"attachment"`) or displays it (`"inline"`); used only with `filename`. Default: `"attachment"`. */
	readonly contentDispositionType?: "attachment" | "inline";
	/** Default: by the extension of `filename` or of `path`; `application/octet-stream` for an unknown one. */
	readonly mediaType?: string;
}

const rules: OptionRules<FileResponseOptions> = {
	...responseRules,
	filename: "text",
	contentDispositionType: ["attachment", "inline"],
};

/**
 * A response that sends a file from the disk, with `ETag`, `Last-Modified` and `Content-Length`. The file is opened when the response is
 * sent: a client that has the same file already gets a 304, a range request gets a 206 (several ranges as `multipart/byteranges`) or a
 * 416. A missing file, or one that isn't a regular file, is an internal error (500); only the log contains the path.
 *
 * @param path path of the file; never build it from unchecked input
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

	constructor(path: string, options: FileResponseOptions = {}) {
		const name = new.target.name || "FileResponse";
		assertOptions(name, options, rules);
		assertArgument(name, "path", path, isPath);
		const { filename, contentDispositionType, ...rest } = options;
		super({ path, namedLike: filename ?? path }, rest);
		this.path = path;
		if (!this.headers.has("accept-ranges")) {
			this.headers.append("accept-ranges", "bytes");
		}
		if (filename !== undefined && !this.headers.has("content-disposition")) {
			this.headers.append(
				"content-disposition",
				contentDisposition(contentDispositionType ?? "attachment", filename),
			);
		}
	}
}

function isPath(value: unknown): string | undefined {
	return typeof value === "string" && value !== ""
		? undefined
		: "the path of a file";
}
