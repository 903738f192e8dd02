import { HTTPException } from "../errors/http-exception.ts";
import { etagOf, mediaTypeOf } from "../http/file-answer.ts";
import { type FileStats, OpenFile } from "../http/open-file.ts";
import type { Request } from "../http/request.ts";
import type { StoredFile } from "../http/stored-file.ts";
import { AskedStats } from "./asked-stats.ts";
import { FileCache, keptFileBytes } from "./file-cache.ts";
import { isOneFile, isSameFile, type ServedFile } from "./served-file.ts";

/** A file that lies at a path, or a folder. */
export type Found = ServedFile | "folder";

/** A file that can be sent: what it is, and where its bytes are. */
export interface OpenedFile {
	readonly file: ServedFile;
	readonly stored: StoredFile;
}

/** Options of a {@link ServedFolder}. */
export interface FolderOptions {
	/** How messages name it: `staticFiles("public")`. */
	readonly where: string;
	/** Absolute paths; what the first of them lacks is looked for in the next. */
	readonly directories: readonly string[];
	/** True when links may lead out of the folders. */
	readonly followSymlinks: boolean;
	/** False when a file that was found stays as it is: it is not asked for again. */
	readonly mayChange: boolean;
}

// loaded when the first file is asked for, so that a runtime without a disk can load and serve everything else
const fileSystem = () => (loaded ??= import("node:fs/promises"));

let loaded: Promise<typeof import("node:fs/promises")> | undefined;

/** How often a file that is being replaced is looked for before it counts as missing. */
const tries = 32;

/** The files below some folders, and no others: a path counts by where it really leads, at the time of asking. */
export class ServedFolder {
	readonly #options: FolderOptions;
	readonly #cache: FileCache;
	readonly #stats = new AskedStats(statsOf);

	constructor(options: FolderOptions) {
		this.#options = options;
		this.#cache = new FileCache(options.mayChange ? {} : { settledMs: 0 });
	}

	/**
	 * Finds the file or folder at a path; `undefined` for nothing that may be served.
	 *
	 * @param segments names that were checked by `pathSegments`
	 * @throws HTTPException 404 when the path is too long for any file, 403 when the process may not read what is there
	 * @throws Error when there is no folder
	 */
	async find(segments: readonly string[]): Promise<Found | undefined> {
		const below = segments.map((segment) => `/${segment}`).join("");
		for (const directory of this.#options.directories) {
			const found = await this.#findIn(directory, below);
			if (found !== undefined) {
				return found;
			}
		}
		await this.#assertThere();
		return undefined;
	}

	/**
	 * A file that was found, ready to be sent: with its bytes where it is small, else open until the request is over. `undefined` when
	 * another has taken its name meanwhile.
	 */
	async open(
		request: Request,
		file: ServedFile,
	): Promise<OpenedFile | undefined> {
		if (file.content !== undefined) {
			return { file, stored: storedFile(file, { content: file.content }) };
		}
		const handle = await this.#opened(file);
		if (handle === undefined) {
			this.#cache.forget(file.path);
			return undefined;
		}
		if (file.stats.size > keptFileBytes) {
			request.whenSettled(() => handle.close());
			const current = described(file, await handle.stat());
			return { file: current, stored: storedFile(current, { handle }) };
		}
		const read = await readAll(file, handle);
		this.#cache.keep(read);
		return { file: read, stored: storedFile(read, { content: read.content }) };
	}

	/** Opens a file that was found, or the one that has taken its name, if that may be served; `undefined` when it may not, or is gone. */
	async #opened({ path, stats }: ServedFile): Promise<OpenFile | undefined> {
		const handle = await openAt(path);
		if (handle === undefined) {
			return undefined;
		}
		const opened = await handle.stat();
		if (isOneFile(opened, stats)) {
			return handle;
		}
		const directory =
			this.#options.directories.find((each) => path.startsWith(`${each}/`)) ??
			path;
		if (
			opened.isFile() &&
			(await this.#placeOf(path, directory, opened)) === "inside"
		) {
			return handle;
		}
		await handle.close();
		return undefined;
	}

	async #findIn(directory: string, below: string): Promise<Found | undefined> {
		const path = directory + below;
		const { mayChange } = this.#options;
		if (!mayChange) {
			const kept = this.#cache.get(path);
			if (kept !== undefined) {
				return kept;
			}
		}
		for (let count = 0; count < tries; count++) {
			const stats = await this.#stats.of(path);
			if (stats === undefined) {
				return undefined;
			}
			const kept = this.#cache.get(path);
			if (kept !== undefined && isSameFile(kept.stats, stats)) {
				return kept;
			}
			if (!(stats.isFile() || stats.isDirectory())) {
				return undefined;
			}
			const place = await this.#placeOf(path, directory, stats);
			if (place === "outside") {
				return undefined;
			}
			if (place === "inside") {
				return stats.isFile() ? this.#served(path, stats) : "folder";
			}
		}
		return undefined;
	}

	/** Where the path leads; `"elsewhere"` when it leads to another file than just before. */
	async #placeOf(
		path: string,
		directory: string,
		stats: FileStats,
	): Promise<"inside" | "outside" | "elsewhere"> {
		if (this.#options.followSymlinks) {
			return "inside";
		}
		const { realpath } = await fileSystem();
		try {
			const real = await realpath(path);
			// the path may lead elsewhere since it was asked for its stats; what is asked between the two may be replaced meanwhile
			const again = await statsOf(real);
			const root = await realpath(directory);
			const separator = root.includes("\\") ? "\\" : "/";
			const prefix = root.endsWith(separator) ? root : root + separator;
			if (real !== root && !real.startsWith(prefix)) {
				return "outside";
			}
			return again !== undefined && isOneFile(again, stats)
				? "inside"
				: "elsewhere";
		} catch (error) {
			if (isMissing(error)) {
				return "elsewhere";
			}
			throw error;
		}
	}

	async #served(path: string, stats: FileStats): Promise<ServedFile> {
		const { access, constants } = await fileSystem();
		await access(path, constants.R_OK).catch(forbid);
		const file = described(
			{ path, contentType: await mediaTypeOf(path) },
			stats,
		);
		this.#cache.keep(file);
		return file;
	}

	async #assertThere(): Promise<void> {
		const { where, directories } = this.#options;
		for (const directory of directories) {
			const stats = await statsOf(directory);
			if (!stats?.isDirectory()) {
				throw new Error(`${where}: there is no folder ${directory}.`);
			}
		}
	}
}

async function statsOf(path: string): Promise<FileStats | undefined> {
	const { stat } = await fileSystem();
	try {
		return await stat(path);
	} catch (error) {
		if (isMissing(error)) {
			return undefined;
		}
		return forbid(error);
	}
}

const missing = ["ENOENT", "ENOTDIR", "ELOOP"];
const impossible = ["ENAMETOOLONG", "EINVAL", "ERR_INVALID_ARG_VALUE"];
const forbidden = ["EACCES", "EPERM"];

function codeOf(error: unknown): string {
	return String((error as { readonly code?: unknown } | null)?.code);
}

function isMissing(error: unknown): boolean {
	return missing.includes(codeOf(error));
}

/** Answers what the file system refuses; what else goes wrong is no fault of the client's. */
function forbid(error: unknown): never {
	const code = codeOf(error);
	if (missing.includes(code) || impossible.includes(code)) {
		throw new HTTPException(404);
	}
	throw forbidden.includes(code) ? new HTTPException(403) : error;
}

/** Opens what lies at a path; `undefined` when it is gone. */
async function openAt(path: string): Promise<OpenFile | undefined> {
	try {
		return await OpenFile.open(path);
	} catch (error) {
		if (isMissing(error)) {
			return undefined;
		}
		return forbid(error);
	}
}

/** A small file with its bytes. */
async function readAll(
	file: ServedFile,
	handle: OpenFile,
): Promise<ServedFile & { readonly content: Uint8Array }> {
	try {
		const stats = await handle.stat();
		const content = new Uint8Array(stats.size);
		let position = 0;
		while (position < content.length) {
			const bytesRead = await handle.read(content.subarray(position), position);
			if (bytesRead === 0) {
				break; // it has become shorter
			}
			position += bytesRead;
		}
		const current = described(file, await handle.stat());
		return { ...current, content: content.subarray(0, position) };
	} finally {
		await handle.close();
	}
}

function described(
	{ path, contentType }: Pick<ServedFile, "path" | "contentType">,
	stats: FileStats,
): ServedFile {
	const { size: sizeBytes, mtimeMs: modifiedMs } = stats;
	return {
		path,
		stats,
		etag: etagOf({ path, sizeBytes, modifiedMs }),
		lastModified: new Date(modifiedMs).toUTCString(),
		contentType,
		content: undefined,
	};
}

function storedFile(
	{ path, stats }: ServedFile,
	source: Pick<StoredFile, "content" | "handle">,
): StoredFile {
	return {
		path,
		sizeBytes: source.content?.length ?? stats.size,
		modifiedMs: stats.mtimeMs,
		...source,
	};
}
