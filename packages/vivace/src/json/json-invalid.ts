import type { ErrorDetail } from "../errors/validation-error.ts";

/**
 * FastAPI's error for a body that is not JSON: where the first mistake is (in characters, from 0) and what was expected there, in
 * the words of Python's `json` module.
 */
export function jsonInvalidError(text: string): ErrorDetail {
	const mistake = findMistake(text);
	return {
		type: "json_invalid",
		loc: ["body", countCharacters(text, mistake.position)],
		msg: "JSON decode error",
		input: {},
		ctx: { error: mistake.words },
	};
}

interface Mistake {
	readonly position: number;
	readonly words: string;
}

/** Python counts characters where JavaScript counts UTF-16 code units. */
function countCharacters(text: string, end: number): number {
	let count = 0;
	for (let index = 0; index < end; count++) {
		index += (text.codePointAt(index) as number) > 0xffff ? 2 : 1;
	}
	return count;
}

function findMistake(text: string): Mistake {
	if (text.startsWith("\uFEFF")) {
		return {
			position: 0,
			words: "Unexpected UTF-8 BOM (decode using utf-8-sig)",
		};
	}
	try {
		return new JsonScanner(text).scan();
	} catch (error) {
		if (error instanceof FoundMistake) {
			return error;
		}
		throw error;
	}
}

class FoundMistake extends Error implements Mistake {
	readonly position: number;
	readonly words: string;

	constructor(words: string, position: number) {
		super(words);
		this.position = position;
		this.words = words;
	}
}

const blank = /[ \t\n\r]*/y;
const atom =
	/null|true|false|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON does not allow in a text (RFC 8259 §7)
const textRun = /[^"\\\u0000-\u001F]*/y;
const unicodeEscape = /[0-9a-fA-F]{4}/y;

const closers = { "{": "}", "[": "]" } as const;
const containerNames = { "{": "object", "[": "array" } as const;

/** Walks over a text as Python's scanner does. The nesting is kept in a list: a body may be nested as deeply as it is long. */
class JsonScanner {
	readonly #text: string;
	readonly #open: ("{" | "[")[] = [];
	#position = 0;
	/** Python takes these three, JSON does not have them (RFC 8259 §6). */
	#pythonOnly: number | undefined;

	constructor(text: string) {
		this.#text = text;
	}

	/** Returns what JSON refuses and Python takes; throws the first mistake in Python's eyes. */
	scan(): Mistake {
		this.#skip(blank);
		do {
			this.#startValue();
		} while (this.#open.length > 0);
		this.#skip(blank);
		if (this.#position < this.#text.length) {
			throw new FoundMistake("Extra data", this.#position);
		}
		return { position: this.#pythonOnly ?? 0, words: "Expecting value" };
	}

	/** Reads a value or the beginning of a container, then all that ends with it. */
	#startValue(): void {
		const character = this.#text[this.#position];
		if (character === "{" || character === "[") {
			this.#position++;
			this.#skip(blank);
			if (this.#text[this.#position] !== closers[character]) {
				this.#open.push(character);
				if (character === "{") {
					this.#readName();
				}
				return;
			}
			this.#position++;
		} else if (character === '"') {
			this.#readText();
		} else {
			this.#readAtom();
		}
		this.#endValues();
	}

	/** After a value: closes what ends here, up to the comma before the next value. */
	#endValues(): void {
		for (let open = this.#open.at(-1); open; open = this.#open.at(-1)) {
			this.#skip(blank);
			const character = this.#text[this.#position];
			if (character === closers[open]) {
				this.#position++;
				this.#open.pop();
				continue;
			}
			if (character !== ",") {
				throw new FoundMistake("Expecting ',' delimiter", this.#position);
			}
			this.#readComma(open);
			return;
		}
	}

	#readComma(open: "{" | "["): void {
		const comma = this.#position++;
		this.#skip(blank);
		if (this.#text[this.#position] === closers[open]) {
			throw new FoundMistake(
				`Illegal trailing comma before end of ${containerNames[open]}`,
				comma,
			);
		}
		if (open === "{") {
			this.#readName();
		}
	}

	#readName(): void {
		if (this.#text[this.#position] !== '"') {
			throw new FoundMistake(
				"Expecting property name enclosed in double quotes",
				this.#position,
			);
		}
		this.#readText();
		this.#skip(blank);
		if (this.#text[this.#position] !== ":") {
			throw new FoundMistake("Expecting ':' delimiter", this.#position);
		}
		this.#position++;
		this.#skip(blank);
	}

	#readText(): void {
		const start = this.#position++;
		for (;;) {
			this.#skip(textRun);
			const character = this.#text[this.#position];
			if (character === undefined) {
				throw new FoundMistake("Unterminated string starting at", start);
			}
			if (character === '"') {
				break;
			}
			if (character !== "\\") {
				throw new FoundMistake("Invalid control character at", this.#position);
			}
			this.#readEscape(start);
		}
		this.#position++;
	}

	#readEscape(start: number): void {
		const backslash = this.#position;
		const character = this.#text[backslash + 1];
		if (character === undefined) {
			throw new FoundMistake("Unterminated string starting at", start);
		}
		this.#position += 2;
		if (character === "u") {
			// Python wants to see what comes after the four digits
			if (!this.#skip(unicodeEscape) || this.#position === this.#text.length) {
				throw new FoundMistake("Invalid \\uXXXX escape", backslash + 1);
			}
		} else if (!'"\\/bfnrt'.includes(character)) {
			throw new FoundMistake("Invalid \\escape", backslash);
		}
	}

	#readAtom(): void {
		const start = this.#position;
		if (!this.#skip(atom)) {
			throw new FoundMistake("Expecting value", start);
		}
		if (/[NI]/.test(this.#text.slice(start, start + 2))) {
			this.#pythonOnly ??= start;
		}
	}

	#skip(pattern: RegExp): boolean {
		pattern.lastIndex = this.#position;
		const isMatch = pattern.test(this.#text);
		if (isMatch) {
			this.#position = pattern.lastIndex;
		}
		return isMatch;
	}
}
