import { HTTPException } from "../errors/http-exception.ts";
import { RedirectResponse } from "../http/redirect-response.ts";
import type { Request } from "../http/request.ts";
import { Response, type ResponseBody } from "../http/response.ts";
import type { StoredFile } from "../http/stored-file.ts";
import { isNotModified } from "../http/validators.ts";
import { type CacheRule, cacheControl, mustRevalidate } from "./cache-rule.ts";
import { acceptedCodings, type ContentCoding } from "./content-coding.ts";
import { isHidden, pathSegments } from "./path-segments.ts";
import type { ServedFile } from "./served-file.ts";
import type { Found, OpenedFile, ServedFolder } from "./served-folder.ts";

/** How files are answered. */
export interface AnswerOptions {
	readonly cache: CacheRule | undefined;
	readonly dotfiles: boolean;
	readonly precompressed: boolean;
}

/** A file of the folder, by its name there. */
export interface NamedFile {
	readonly segments: readonly string[];
	readonly file: ServedFile;
}

const indexName = "index.html";

/** How often a file that is being replaced is looked for before it counts as missing. */
const tries = 32;

/** Answers with the files of a folder. */
export class FileAnswers {
	readonly #folder: ServedFolder;
	readonly #options: AnswerOptions;
	readonly #isWindows = globalThis.process?.platform === "win32";

	constructor(folder: ServedFolder, options: AnswerOptions) {
		this.#folder = folder;
		this.#options = options;
	}

	/**
	 * The names that lead to a path; `undefined` for one that no file of the folder has.
	 *
	 * @param path below the folder, decoded
	 * @throws HTTPException 404 when no file anywhere can have that name
	 */
	segmentsOf(path: string): readonly string[] | undefined {
		const segments = pathSegments(path, this.#isWindows);
		if (segments === "none") {
			throw new HTTPException(404);
		}
		return segments === "outside" ||
			(!this.#options.dotfiles && isHidden(segments))
			? undefined
			: segments;
	}

	async find(
		segments: readonly string[] | undefined,
	): Promise<Found | undefined> {
		return segments && this.#folder.find(segments);
	}

	/** The page of a folder. */
	async indexOf(segments: readonly string[]): Promise<NamedFile | undefined> {
		return this.named([...segments, indexName]);
	}

	/** The file with a name. */
	async named(segments: readonly string[]): Promise<NamedFile | undefined> {
		const file = await this.#folder.find(segments);
		return file === undefined || file === "folder"
			? undefined
			: { segments, file };
	}

	/** Sends a file, as the request asks for it; `undefined` when it has gone meanwhile. */
	async send(
		request: Request,
		named: NamedFile,
		status = 200,
	): Promise<Response | undefined> {
		const { segments } = named;
		let current: NamedFile | undefined = named;
		for (let count = 0; count < tries && current !== undefined; count++) {
			const response = await this.#sendOnce(request, current, status);
			if (response !== undefined) {
				return response;
			}
			current = await this.named(segments); // another has taken its name
		}
		return undefined;
	}

	/** `undefined` when the file has gone, or another has taken its name. */
	async #sendOnce(
		request: Request,
		named: NamedFile,
		status: number,
	): Promise<Response | undefined> {
		const chosen = await this.#chosen(request, named);
		if (status === 200 && isKnown(request, chosen)) {
			return this.#withRules(
				new Response(null, { status: 304 }),
				named,
				chosen,
			);
		}
		if (request.method === "HEAD") {
			const { path, stats } = chosen.file;
			const stored = {
				path,
				sizeBytes: stats.size,
				modifiedMs: stats.mtimeMs,
			};
			return this.#described({ stored, file: chosen.file }, status, {
				named,
				chosen,
				isWhole: false,
			});
		}
		const opened = await this.#folder.open(request, chosen.file);
		if (opened === undefined) {
			return undefined;
		}
		return this.#described(opened, status, {
			named,
			chosen: { ...chosen, file: opened.file },
			isWhole: status !== 200 || request.header("range") === undefined,
		});
	}

	#described(
		{ stored }: OpenedFile,
		status: number,
		{
			named,
			chosen,
			isWhole,
		}: {
			readonly named: NamedFile;
			readonly chosen: Representation;
			/** True when no part of it was asked for. */
			readonly isWhole: boolean;
		},
	): Response {
		const response = new Response(bodyOf(stored, isWhole));
		response.status = status;
		response.headers.lines.push(
			"content-type",
			named.file.contentType,
			"accept-ranges",
			"bytes",
			"content-length",
			String(stored.sizeBytes),
			"last-modified",
			chosen.file.lastModified,
		);
		if (chosen.coding !== undefined) {
			response.headers.lines.push("content-encoding", chosen.coding.name);
		}
		return this.#withRules(response, named, chosen);
	}

	/** Adds the headers that a 304 has too (RFC 9110 §15.4.5). */
	#withRules(
		response: Response,
		{ segments }: NamedFile,
		chosen: Representation,
	): Response {
		const { cache, precompressed } = this.#options;
		const { headers, status } = response;
		headers.lines.push("etag", etagFor(chosen));
		const control =
			status < 400 ? cacheControl(cache, segments) : cache && mustRevalidate; // of a page for what is missing
		if (control !== undefined) {
			headers.append("cache-control", control);
		}
		if (precompressed) {
			headers.lines.push("vary", "Accept-Encoding");
		}
		return response;
	}

	/** The file, or one beside it that holds the same compressed, as the client likes best. */
	async #chosen(
		request: Request,
		{ segments, file }: NamedFile,
	): Promise<Representation> {
		if (!this.#options.precompressed) {
			return { file, coding: undefined };
		}
		const name = segments.at(-1) ?? "";
		const folder = segments.slice(0, -1);
		for (const coding of acceptedCodings(request.header("accept-encoding"))) {
			const neighbour = await this.named([...folder, name + coding.ending]);
			if (neighbour !== undefined) {
				return { file: neighbour.file, coding };
			}
		}
		return { file, coding: undefined };
	}
}

/** The file, or a compressed copy of it, that is sent. */
interface Representation {
	readonly file: ServedFile;
	/** `undefined` for the file as it is. */
	readonly coding: ContentCoding | undefined;
}

/** True when the client has it already. */
function isKnown(request: Request, chosen: Representation): boolean {
	const { lastModified } = chosen.file;
	return isNotModified((name) => request.header(name), {
		etag: etagFor(chosen),
		lastModified,
	});
}

/** Of each representation another one (RFC 9110 §8.8.3). */
function etagFor({ file: { etag }, coding }: Representation): string {
	return coding === undefined ? etag : `${etag.slice(0, -1)}-${coding.name}"`;
}

function bodyOf(stored: StoredFile, isWhole: boolean): ResponseBody {
	const { path, sizeBytes, handle, content } = stored;
	if (!isWhole) {
		return { path, namedLike: path, stored };
	}
	return content ?? { file: { path, offset: 0, sizeBytes, handle } };
}

/** The answer to a folder's path without its final slash, so that what its page names relatively is found. */
export function redirectToFolder(request: Request): Response {
	const base = request.baseUrl.slice(0, -1);
	return new RedirectResponse(`${base}${request.routePath}/${request.search}`);
}

/** True for the methods that files have. */
export function isReading({ method }: Request): boolean {
	return method === "GET" || method === "HEAD";
}

/** The answer to other methods. RFC 9110 §15.5.6 wants `Allow`, which Starlette leaves out. */
export function notAllowed(): HTTPException {
	return new HTTPException(405, undefined, { headers: { Allow: "GET, HEAD" } });
}
