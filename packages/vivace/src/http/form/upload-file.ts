import {
	assertArgument,
	assertOptions,
	type OptionCheck,
	type OptionRules,
} from "../../errors/options.ts";
import { headersMistake } from "../response-headers.ts";
import { readPieces } from "./disk-blob.ts";
import { type SaveOptions, saveContent, saveRules } from "./save-content.ts";
import { resourceHeaderBytes, sniffMediaType } from "./sniff-media-type.ts";
import type { StoredPlace, UploadStore } from "./spool.ts";

/** Options of an {@link UploadFile} that a program makes itself. */
export interface UploadFileOptions {
	/** The media type, as in the web's `File`. Default: none. */
	readonly type?: string;
	/** The header lines of its part. Default: none. */
	readonly headers?: Headers | [string, string][] | Record<string, string>;
	/** In milliseconds since 1970, as in the web's `File`. Default: now. */
	readonly lastModified?: number;
}

const rules: OptionRules<UploadFileOptions> = {
	type: "text",
	headers: headersMistake,
	lastModified: (value) =>
		Number.isFinite(value) ? undefined : "a number of milliseconds",
};

/** The content of a web `File`. */
export type FileContent = ConstructorParameters<typeof Blob>[0] extends
	| readonly (infer Part)[]
	| undefined
	? Part
	: never;

/** @internal Where the content of a received file lies. */
export interface UploadContent {
	readonly store: UploadStore;
	readonly sizeBytes: number;
	/** `undefined` where the content is in memory. */
	readonly place?: StoredPlace;
	/** Reads the content, where the runtime's own reading would take it into memory. */
	readonly blob?: Blob;
}

/**
 * An uploaded file: a web `File`, with FastAPI's names in addition. A file over 1 MiB is kept on disk, in a temporary file without a
 * name: nothing is left of it when the request ends, fails or is cut off, or when the process is killed. It can be read until the
 * response has been sent and the background tasks have run. In a record, the class means one file of that name.
 *
 * @throws TypeError (each way of reading) when the request is over
 * @example
 * ```ts
 * import { App, UploadFile } from "vivace";
 *
 * const app = new App();
 * app.post("/avatars", { picture: UploadFile }, async ({ picture }) => {
 * 	const size = await picture.saveTo("avatar.png");
 * 	return { name: picture.filename, size };
 * });
 * ```
 * @see FastAPI, "Request Files"
 */
export class UploadFile extends globalThis.File {
	/** A schema of its own, for records of parameters and `File()`. */
	static readonly "~standard": {
		readonly version: 1;
		readonly vendor: "vivace";
		readonly types?: {
			readonly input: UploadFile;
			readonly output: UploadFile;
		};
		readonly validate: (
			value: unknown,
		) =>
			| { readonly value: UploadFile }
			| { readonly issues: readonly NotUploaded[] };
	} = {
		version: 1,
		vendor: "vivace",
		validate: (value) =>
			value instanceof UploadFile ? { value } : { issues: [notUploaded] },
	};
	/** @internal */
	static readonly parts: { readonly kind: "file"; readonly options: object } = {
		kind: "file",
		options: {},
	};

	/** The name as the client sent it: it may be empty, or a path. Never use it as a path. */
	readonly filename: string;
	/** The media type as the client sent it, or `undefined`. `type` is the same in lower case, and never `undefined`. */
	readonly contentType: string | undefined;
	readonly #headers: UploadFileOptions["headers"];
	#headersMade: Headers | undefined;
	#content: UploadContent | undefined;
	/** Bun adds a charset to that of a text. */
	#type: string;
	#position = 0;

	constructor(
		parts: FileContent[],
		filename: string,
		options: UploadFileOptions = {},
	) {
		assertArgument("UploadFile", "parts", parts, "list");
		assertArgument("UploadFile", "filename", filename, "text");
		assertOptions("UploadFile", options, rules);
		const { type, headers, lastModified } = options;
		super(parts, filename, {
			...(type !== undefined && { type }),
			...(lastModified !== undefined && { lastModified }),
		});
		this.filename = filename;
		this.contentType = type;
		this.#type = type?.toLowerCase() ?? "";
		this.#headers = headers;
	}

	/** @internal Makes a file of what was received. */
	static "~receive"(
		parts: FileContent[],
		filename: string,
		options: UploadFileOptions,
		content: UploadContent,
	): UploadFile {
		const file = new UploadFile(parts, filename, options);
		file.#content = content;
		return file;
	}

	/** The header lines of the file's part. */
	get headers(): Headers {
		this.#headersMade ??= new Headers(this.#headers);
		return this.#headersMade;
	}

	/** The media type in lower case, or the empty string. With `detectType` it is the type of the content. */
	override get type(): string {
		return this.#type;
	}

	/** The size in bytes. */
	override get size(): number {
		return this.#content?.sizeBytes ?? super.size;
	}

	/**
	 * The media type of the first bytes, whatever the client says: images, audio, video, archives, fonts, PDF; `undefined` for all
	 * others. It doesn't prove that the rest of the file is of this type.
	 *
	 * @see MIME Sniffing Standard §6 and §7.1
	 */
	async detectedType(): Promise<string | undefined> {
		const head = await this.slice(0, resourceHeaderBytes).arrayBuffer();
		return sniffMediaType(new Uint8Array(head));
	}

	/** @internal Puts what the content shows in the place of what the client says. */
	async "~detectType"(): Promise<void> {
		this.#type = (await this.detectedType()) ?? "";
	}

	/** The next bytes, by default all that are left; empty at the end. Reading continues where the last `read` or `seek` ended. */
	async read(bytes: number = this.size): Promise<Uint8Array<ArrayBuffer>> {
		assertArgument("read()", "bytes", bytes, numberCheck);
		const from = this.#position;
		this.#position = Math.min(this.size, from + Math.max(0, bytes));
		return new Uint8Array(await this.slice(from, this.#position).arrayBuffer());
	}

	/** Sets where the next {@link UploadFile.read} begins, in bytes from the start. */
	seek(offset: number): void {
		assertArgument("seek()", "offset", offset, numberCheck);
		this.#position = Math.max(0, Math.min(this.size, offset));
	}

	/**
	 * Writes the content to a path of the server, completely or not at all: if it fails, an existing file stays as it was.
	 *
	 * @returns the size in bytes
	 * @throws the system's error: `ENOENT` without the folder, `EEXIST` where the file is there and `overwrite` is false
	 */
	saveTo(path: string, options: SaveOptions = {}): Promise<number> {
		assertArgument("saveTo()", "path", path, (value) =>
			typeof value === "string" && value !== "" ? undefined : "a path",
		);
		assertOptions("saveTo()", options, saveRules);
		this.#assertOpen();
		return saveContent(path, this.#pieces(), options);
	}

	/** The form in errors and JSON answers: its name, size and header lines. */
	toJSON(): Readonly<Record<string, unknown>> {
		const { filename, size } = this;
		return { filename, size, headers: Object.fromEntries(this.headers) };
	}

	override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
		return this.#whole.stream();
	}

	override arrayBuffer(): Promise<ArrayBuffer> {
		return this.#whole.arrayBuffer();
	}

	override bytes(): Promise<Uint8Array<ArrayBuffer>> {
		return this.arrayBuffer().then((buffer) => new Uint8Array(buffer));
	}

	override text(): Promise<string> {
		return this.#whole.text();
	}

	override slice(start?: number, end?: number, type?: string): Blob {
		return this.#whole.slice(start, end, type);
	}

	/** The content as the runtime's own `Blob` reads it. */
	get #whole(): Blob {
		this.#assertOpen();
		return this.#content?.blob ?? super.slice();
	}

	#pieces(): AsyncIterable<Uint8Array> {
		const place = this.#content?.place;
		if (place === undefined) {
			return this.stream();
		}
		const { file, start } = place;
		return readPieces(file.handle, start, start + this.size);
	}

	#assertOpen(): void {
		if (this.#content?.store.isClosed) {
			throw new TypeError(
				`The upload "${this.filename}" is gone: its request is over; read it before, in a background task, or keep it with saveTo().`,
			);
		}
	}
}

const numberCheck: OptionCheck = (value) =>
	Number.isFinite(value) ? undefined : "a number of bytes";

/** An issue in the form that schemas of ours have. */
interface NotUploaded {
	readonly message: string;
	readonly path: readonly PropertyKey[];
	readonly problem: { readonly about: "type"; readonly expected: "file" };
}

const notUploaded: NotUploaded = {
	message: "Input should be an uploaded file",
	path: [],
	problem: { about: "type", expected: "file" },
};
