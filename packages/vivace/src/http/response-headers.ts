import { assertArgument, isRecord, told } from "../errors/options.ts";
import { beginAtProgram } from "../errors/program-stack.ts";
/** Response headers to begin with: a record, or pairs of name and value (also a web `Headers` or a `Map`). */
export type HeadersInit =
	| Readonly<Record<string, string>>
	| Iterable<readonly [string, string]>;

// RFC 9110 §5.6.2 (token) and §5.5 (field value); a line break in a value would let a client write headers of its own
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
const notInAValue = /[^\t\x20-\x7e\x80-\xff]/;

/** Up to here a list is made anew: pushed to, it has room for seventeen more, in each of ten thousand streams. */
const fewLines = 8;

/**
 * The headers of a response: a light `Headers`, kept as the flat list (name, value, name, value) that `node:http` writes
 * fastest. Names are lower case; `set` replaces, `append` adds another line.
 */
export class ResponseHeaders {
	/** @internal The flat list that a server writes. */
	lines: string[];

	constructor(init?: HeadersInit);
	/** @internal @param lines those that it begins with, which become its own */
	constructor(init: undefined, lines: string[]);
	constructor(init?: HeadersInit, lines: string[] = []) {
		this.lines = lines;
		if (init === undefined) {
			return;
		}
		if (init === null || Object.getPrototypeOf(init) !== Object.prototype) {
			assertArgument(where, "init", init, headersMistake);
		}
		const entries = Symbol.iterator in init ? init : Object.entries(init);
		for (const entry of entries) {
			if (!Array.isArray(entry)) {
				assertArgument(where, "init", init, () => initWords);
			}
			this.append(entry[0], entry[1]);
		}
	}

	/** The value, several joined with `", "`; `null` when there is none. */
	get(name: string): string | null {
		const values = this.getAll(name);
		return values.length === 0 ? null : values.join(", ");
	}

	/** The values, one for each line. */
	getAll(name: string): string[] {
		const key = keyOf("get", name);
		const values: string[] = [];
		for (let index = 0; index < this.lines.length; index += 2) {
			if (this.lines[index] === key) {
				values.push(this.#text(index + 1));
			}
		}
		return values;
	}

	/** The values of `set-cookie`, as `Headers` names it. */
	getSetCookie(): string[] {
		return this.getAll("set-cookie");
	}

	has(name: string): boolean {
		const key = keyOf("has", name);
		for (let index = 0; index < this.lines.length; index += 2) {
			if (this.lines[index] === key) {
				return true;
			}
		}
		return false;
	}

	/** Replaces all lines of that name by one. @throws TypeError as {@link ResponseHeaders.append} */
	set(name: string, value: string): void {
		assertHeader(name, value);
		this.delete(name);
		this.#add(name.toLowerCase(), value);
	}

	/**
	 * Adds a line.
	 *
	 * @throws TypeError when the name is not a token, or when the value has control characters or characters beyond ISO 8859-1
	 */
	append(name: string, value: string): void {
		assertHeader(name, value);
		this.#add(name.toLowerCase(), value);
	}

	#add(key: string, value: string): void {
		if (this.lines.length < fewLines) {
			this.lines = [...this.lines, key, value];
		} else {
			this.lines.push(key, value);
		}
	}

	/**
	 * Says that the answer depends on a header of the request, beside those that `Vary` names already (RFC 9110 §12.5.5); a name stands
	 * once, and `*` says all.
	 * @see Starlette, `MutableHeaders.add_vary_header`
	 */
	addVary(name: string): void {
		const key = keyOf("addVary", name);
		const varied = this.get("vary");
		const names = varied?.toLowerCase().split(/\s*,\s*/) ?? [];
		if (!names.includes("*") && !names.includes(key)) {
			this.set("vary", varied === null ? name : `${varied}, ${name}`);
		}
	}

	delete(name: string): void {
		const key = keyOf("delete", name);
		for (let index = this.lines.length - 2; index >= 0; index -= 2) {
			if (this.lines[index] === key) {
				this.lines.splice(index, 2);
			}
		}
	}

	*[Symbol.iterator](): Generator<[string, string]> {
		for (let index = 0; index < this.lines.length; index += 2) {
			yield [this.#text(index), this.#text(index + 1)];
		}
	}

	#text(index: number): string {
		return this.lines[index] as string; // callers stay below the length
	}
}

const where = "response headers";
const initWords = "a record of texts, or pairs of name and value";

/** The check of headers, as far as it does not look at them one by one. */
export function headersMistake(value: unknown): string | undefined {
	const isRight = Array.isArray(value)
		? value.every(Array.isArray)
		: isRecord(value) ||
			(typeof value === "object" && value !== null && Symbol.iterator in value);
	return isRight ? undefined : initWords;
}

/** The name as it is kept. */
function keyOf(method: string, name: unknown): string {
	if (typeof name !== "string") {
		assertArgument(`headers.${method}()`, "name", name, "text");
	}
	return String(name).toLowerCase();
}

function assertHeader(name: unknown, value: unknown): void {
	if (typeof name !== "string" || !tokenPattern.test(name)) {
		throw beginAtProgram(
			new TypeError(
				`A header name must be a token (letters, digits and !#$%&'*+-.^_\`|~), but got ${told(name)}.`,
			),
		);
	}
	if (typeof value !== "string" || notInAValue.test(value)) {
		throw beginAtProgram(
			new TypeError(
				`The value of the header "${name}" must be text of ISO 8859-1 without control characters, but got ${told(value)}.`,
			),
		);
	}
}
