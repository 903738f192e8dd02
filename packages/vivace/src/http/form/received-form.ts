import type { UploadFile } from "./upload-file.ts";

/** One received field: a string, or a file. */
export type FormValue = string | UploadFile;

/** @internal */
export interface FormEntry {
	readonly name: string;
	readonly value: FormValue;
	/** The content of a file, where somebody has asked for it. */
	bytes?: Uint8Array;
}

/**
 * The fields of a form in the order in which they arrived, with the methods of a web `FormData`: names may repeat. Files can be read as
 * long as {@link UploadFile} says.
 */
export class ReceivedForm implements Iterable<readonly [string, FormValue]> {
	/** @internal */
	readonly fields: readonly FormEntry[];

	/** @internal */
	constructor(fields: readonly FormEntry[]) {
		this.fields = fields;
	}

	/** The last value of a name, as in Starlette (a web `FormData` returns the first); `null` if there is none. */
	get(name: string): FormValue | null {
		return this.last(name)?.value ?? null;
	}

	/** All values of a name, in order. */
	getAll(name: string): FormValue[] {
		return this.all(name).map(({ value }) => value);
	}

	has(name: string): boolean {
		return this.last(name) !== undefined;
	}

	*[Symbol.iterator](): IterableIterator<readonly [string, FormValue]> {
		for (const { name, value } of this.fields) {
			yield [name, value];
		}
	}

	/** The same as a web `FormData`, for libraries that need one. On Bun its files are copies that are plain `File`s. */
	toFormData(): FormData {
		const form = new FormData();
		for (const [name, value] of this) {
			form.append(name, value as string); // a file is as right, which the types of some runtimes don't say
		}
		return form;
	}

	/** The form in errors and JSON answers: by name, a list where a name has come more than once. */
	toJSON(): Readonly<Record<string, unknown>> {
		const names = new Set(this.fields.map(({ name }) => name));
		return Object.fromEntries(
			Array.from(names, (name) => {
				const values = this.getAll(name);
				return [name, values.length === 1 ? values[0] : values];
			}),
		);
	}

	/** @internal The last field of a name. */
	last(name: string): FormEntry | undefined {
		return this.fields.findLast((field) => field.name === name);
	}

	/** @internal All fields of a name. */
	all(name: string): FormEntry[] {
		return this.fields.filter((field) => field.name === name);
	}
}
