import { beginAtProgram } from "../errors/program-stack.ts";
import { jsonBigInt } from "./big-integer.ts";
import { offsetText, zuluText } from "./date-text.ts";

/**
 * The value with everything that JSON does not know turned into what it does, as FastAPI's `jsonable_encoder` does: dates into ISO
 * 8601 text with offset, maps into objects, sets and arrays of numbers into lists, bytes into UTF-8 text, bigints into numbers (beyond
 * 2^53 into what `JSON.stringify` writes with all digits), numbers that are not finite and `undefined` in lists into null. A value
 * that is JSON already comes back as it is, uncopied; functions and symbols are left to `JSON.stringify`, which leaves them out.
 *
 * @throws TypeError that names the place of a circular reference
 * @see FastAPI, "JSON Compatible Encoder"
 */
export function jsonCompatible(value: unknown): unknown {
	return new Walk(offsetText).compatible(value);
}

/**
 * {@link jsonCompatible} for what a handler gives: bytes that are no UTF-8 are an error, as in FastAPI. Elsewhere they become U+FFFD: the error of
 * a request shows what a client has sent.
 */
export function answerCompatible(value: unknown): unknown {
	return new Walk(offsetText, true).compatible(value);
}

/** The same for a value that a schema describes, where a date ends in `Z` as in Pydantic's models. */
export function modelCompatible(value: unknown): unknown {
	return new Walk(zuluText).compatible(value);
}

class Walk {
	readonly #dateText: (date: Date) => string;
	readonly #isAnswer: boolean;
	/** The objects around the one that is looked at, and where they stand. */
	readonly #parents: object[] = [];
	readonly #path: (string | number)[] = [];

	constructor(dateText: (date: Date) => string, isAnswer = false) {
		this.#dateText = dateText;
		this.#isAnswer = isAnswer;
	}

	compatible(value: unknown): unknown {
		switch (typeof value) {
			case "object":
				return value === null ? null : this.#object(value);
			case "bigint":
				return jsonBigInt(value);
			case "number":
				return Number.isFinite(value) ? value : null;
			default:
				return value;
		}
	}

	#object(value: object): unknown {
		if (value instanceof Date) {
			return Number.isNaN(value.getTime()) ? null : this.#dateText(value);
		}
		if (value instanceof Map) {
			return this.#members(this.#record(value));
		}
		if (value instanceof Set) {
			return this.#list([...value]);
		}
		if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
			return this.#binary(value);
		}
		if ("toJSON" in value && typeof value.toJSON === "function") {
			const { toJSON } = value;
			const key = String(this.#path.at(-1) ?? "");
			return this.#within(value, () =>
				this.compatible(toJSON.call(value, key)),
			);
		}
		if (value instanceof Promise) {
			throw notJson(this.#path, "a promise (await it)");
		}
		return Array.isArray(value) ? this.#list(value) : this.#members(value);
	}

	/** Bytes are text as in FastAPI, numbers of any other width a list. */
	#binary(value: ArrayBuffer | ArrayBufferView): unknown {
		const isNumbers =
			ArrayBuffer.isView(value) &&
			!(value instanceof Uint8Array || value instanceof DataView);
		return isNumbers
			? this.#list(Array.from(value as Float64Array)) // the iterable ones of all views
			: this.#text(value);
	}

	#text(value: ArrayBuffer | ArrayBufferView): string {
		try {
			const decoder = new TextDecoder("utf-8", { fatal: this.#isAnswer });
			return decoder.decode(value as Uint8Array); // any view of bytes
		} catch {
			throw notJson(
				this.#path,
				"bytes that are no UTF-8 (send them as a Response, or as base64)",
			);
		}
	}

	/** The members of a map by the texts of their keys, as `json.dumps` takes them: an object is no key. */
	#record(map: ReadonlyMap<unknown, unknown>): object {
		const entries = Array.from(map, ([key, member]) => {
			if (key instanceof Date) {
				return [this.#dateText(key), member] as const;
			}
			if (typeof key === "symbol" || Object(key) === key) {
				throw notJson(
					this.#path,
					`a Map with a key that is ${typeof key === "object" ? "an object" : `a ${typeof key}`}`,
				);
			}
			return [String(key), member] as const;
		});
		const record = Object.fromEntries(entries);
		if (Object.keys(record).length < entries.length) {
			throw notJson(this.#path, "a Map with two keys of the same text");
		}
		return record;
	}

	#list(list: readonly unknown[]): unknown {
		return this.#within(list, () => {
			let copy: unknown[] | undefined;
			for (let index = 0; index < list.length; index++) {
				const member = list[index];
				const made = this.#at(index, member ?? null);
				if (made !== member) {
					copy ??= [...list];
					copy[index] = made;
				}
			}
			return copy ?? list;
		});
	}

	#members(record: object): unknown {
		return this.#within(record, () => {
			const entries = Object.entries(record);
			if (entries.length === 0) {
				this.#assertPlain(record);
			}
			let isChanged = false;
			for (const entry of entries) {
				const made = this.#at(entry[0], entry[1]);
				isChanged ||= made !== entry[1];
				entry[1] = made;
			}
			return isChanged ? Object.fromEntries(entries) : record;
		});
	}

	/** An object of some class that keeps all to itself would be `{}`: a query that was not executed, an error, a generator. */
	#assertPlain(record: object): void {
		const prototype = Object.getPrototypeOf(record);
		const name = prototype?.constructor?.name ?? "Object"; // another realm has an Object of its own
		if (name !== "Object") {
			const hint = "execute" in record ? " (await its execute())" : "";
			const what = name || Object.prototype.toString.call(record).slice(8, -1); // a generator has no class
			throw notJson(
				this.#path,
				`of the class ${what}, of which nothing can be sent${hint}`,
			);
		}
	}

	#at(key: string | number, member: unknown): unknown {
		if (typeof member === "string" || typeof member === "boolean") {
			return member;
		}
		this.#path.push(key);
		const made = this.compatible(member);
		this.#path.pop();
		return made;
	}

	#within(value: object, walk: () => unknown): unknown {
		if (this.#parents.includes(value)) {
			throw notJson(this.#path, "a circular reference");
		}
		this.#parents.push(value);
		const made = walk();
		this.#parents.pop();
		return made;
	}
}

/** The error for what has no form in JSON; `path` leads to it. */
export function notJson(path: JsonPath, what: string): TypeError {
	const place = path.length === 0 ? "the value itself" : `"${pathText(path)}"`;
	return beginAtProgram(
		new TypeError(
			`An answer must be JSON, but ${place} is ${what}; convert it before you return it.`,
		),
	);
}

/** The way to a member: names and indexes. */
export type JsonPath = readonly (string | number)[];

/** A path as a program would write it: `items[3].when`. */
export function pathText(path: JsonPath): string {
	return path.reduce<string>((text, step) => {
		if (typeof step === "number") {
			return `${text}[${step}]`;
		}
		if (!/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(step)) {
			return `${text}[${JSON.stringify(step)}]`;
		}
		return text === "" ? step : `${text}.${step}`;
	}, "");
}
