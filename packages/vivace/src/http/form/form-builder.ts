import { BodyTooLargeError } from "../body-too-large-error.ts";
import type { ResolvedLimits } from "../limits.ts";
import { DiskBlob } from "./disk-blob.ts";
import { fileTooLarge, formError, sizeText } from "./form-error.ts";
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
	/** The makers of the uploads that lie on disk. */
	readonly #stored: ((whole: Blob | undefined) => void)[] = [];

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
		const index = this.entries.push({ name: head.name, value: "" }) - 1;
		const { place } = spool;
		if (place === undefined) {
			const chunks = spool.chunks as Uint8Array<ArrayBuffer>[]; // they come from a socket
			this.#receive(index, head, spool, { parts: chunks });
			return undefined;
		}
		this.#stored.push((whole) => {
			const end = place.start + spool.sizeBytes;
			this.#receive(
				index,
				head,
				spool,
				whole === undefined
					? {
							parts: [],
							blob: new DiskBlob(place.file.handle, place.start, end),
						}
					: { parts: [whole.slice(place.start, end)] },
			);
		});
		return spool.finish();
	}

	/** Makes the uploads that lie on disk: a `Blob` must be of a file that nothing is written to any more. */
	async complete(): Promise<void> {
		if (this.#stored.length === 0) {
			return;
		}
		const { path } = await this.#store.open();
		// Deno's `openAsBlob` reads the whole file into memory
		const whole =
			"Deno" in globalThis
				? undefined
				: await (await import("node:fs")).openAsBlob(path);
		for (const make of this.#stored) {
			make(whole);
		}
	}

	#receive(
		index: number,
		{ name, filename = "", contentType, headers }: PartHead,
		{ place, sizeBytes }: Spool,
		{ parts, blob }: { readonly parts: FileContent[]; readonly blob?: Blob },
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
				...(place !== undefined && { place }),
				...(blob !== undefined && { blob }),
			},
		);
		this.entries[index] = { name, value };
	}
}

/** The error of a text that is too large. */
export function partTooLarge(limitBytes: number): Error {
	return formError(`Part exceeded maximum size of ${sizeText(limitBytes)}.`);
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
