import { BodyTooLargeError } from "../body-too-large-error.ts";
import type { ResolvedLimits } from "../limits.ts";
import { DiskBlob } from "./disk-blob.ts";
import { fileTooLarge, formError, kibibytes } from "./form-error.ts";
import type { PartHead } from "./multipart-port.ts";
import { decodeText } from "./part-head.ts";
import type { FormEntry } from "./received-form.ts";
import { Spool, type UploadStore } from "./spool.ts";
import { type FileContent, UploadFile } from "./upload-file.ts";
import { tooManyFields } from "./urlencoded-parser.ts";

/** Counts the parts of a form, and what of it is in memory. */
export class FormBudget {
	readonly #limits: ResolvedLimits;
	#files = 0;
	#fields = 0;

	constructor(limits: ResolvedLimits) {
		this.#limits = limits;
	}

	/** @throws HTTPException 400, in Starlette's words */
	count({ filename }: PartHead): void {
		const { files, fields } = this.#limits;
		if (filename !== undefined && ++this.#files > files) {
			throw formError(`Too many files. Maximum number of files is ${files}.`);
		}
		if (filename === undefined && ++this.#fields > fields) {
			throw tooManyFields(fields);
		}
	}
}

/** Gathers the parts of a multipart form: texts in memory, files where a {@link Spool} puts them. */
export class FormBuilder {
	readonly entries: FormEntry[] = [];
	readonly #limits: ResolvedLimits;
	readonly #store: UploadStore;
	readonly #budget: FormBudget;
	#head: PartHead | undefined;
	#spool: Spool | undefined;
	#texts: Uint8Array[] = [];
	#textBytes = 0;
	/** Of all texts together. */
	#memoryBytes = 0;

	constructor(limits: ResolvedLimits, store: UploadStore) {
		this.#limits = limits;
		this.#store = store;
		this.#budget = new FormBudget(limits);
	}

	/** @throws HTTPException 400 */
	begin(head: PartHead): void {
		this.#budget.count(head);
		this.#head = head;
		if (head.filename !== undefined) {
			this.#spool = new Spool(this.#store);
		}
	}

	/** @throws HTTPException 400 for a text, 413 for a file that is too large */
	add(bytes: Uint8Array): Promise<void> | undefined {
		const { bodyBytes, fieldBytes, fileBytes } = this.#limits;
		if (this.#spool !== undefined) {
			if (this.#spool.sizeBytes + bytes.length > fileBytes) {
				throw fileTooLarge(fileBytes);
			}
			return this.#spool.add(bytes);
		}
		this.#textBytes += bytes.length;
		if (this.#textBytes > fieldBytes) {
			throw partTooLarge(fieldBytes);
		}
		this.#memoryBytes += bytes.length;
		if (this.#memoryBytes > bodyBytes) {
			throw new BodyTooLargeError(bodyBytes);
		}
		this.#texts.push(bytes);
		return undefined;
	}

	/** @returns a promise where something must be written first */
	end(): Promise<void> | undefined {
		const head = this.#head as PartHead; // a part ends after it has begun
		const spool = this.#spool;
		this.#head = undefined;
		this.#spool = undefined;
		if (spool === undefined) {
			this.entries.push({ name: head.name, value: joinedText(this.#texts) });
			this.#texts = [];
			this.#textBytes = 0;
			return undefined;
		}
		if (spool.file === undefined) {
			this.#receive(head, spool, spool.chunks as Uint8Array<ArrayBuffer>[]); // they come from a socket
			return undefined;
		}
		return this.#receiveStored(head, spool);
	}

	async #receiveStored(head: PartHead, spool: Spool): Promise<void> {
		await spool.finish();
		const file = spool.file as NonNullable<Spool["file"]>; // there is one
		if ("Deno" in globalThis) {
			const blob = new DiskBlob(file.handle, 0, spool.sizeBytes);
			this.#receive(head, spool, [], blob);
			return;
		}
		const { openAsBlob } = await import("node:fs");
		this.#receive(head, spool, [await openAsBlob(file.path)]);
	}

	#receive(
		{ name, filename = "", contentType, headers }: PartHead,
		{ file, sizeBytes }: Spool,
		parts: FileContent[],
		blob?: Blob,
	): void {
		const value = UploadFile["~receive"](
			parts,
			filename,
			contentType === undefined
				? { headers: byteStrings(headers) }
				: { type: contentType, headers: byteStrings(headers) },
			{
				store: this.#store,
				sizeBytes,
				...(file !== undefined && { file }),
				...(blob !== undefined && { blob }),
			},
		);
		this.entries.push({ name, value });
	}
}

/** The error of a text that is too large. */
export function partTooLarge(limitBytes: number): Error {
	return formError(`Part exceeded maximum size of ${kibibytes(limitBytes)}.`);
}

function joinedText(chunks: readonly Uint8Array[]): string {
	const [first, ...rest] = chunks;
	if (first === undefined) {
		return "";
	}
	return decodeText(rest.length === 0 ? first : Buffer.concat(chunks));
}

/** `Headers` takes characters of one byte only (Fetch Standard, "ByteString"). */
export function byteStrings(headers: PartHead["headers"]): [string, string][] {
	return headers.map(([name, value]) => [
		name,
		/[^\0-\xff]/.test(value)
			? Buffer.from(value, "utf8").toString("latin1")
			: value,
	]);
}
