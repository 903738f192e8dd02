import { isWrittenClass } from "../errors/is-class.ts";

const opening = "({[";
const closing = ")}]";

/**
 * The parameters of a function as they are written: `["{ id, name: text }", "request"]`; `undefined` where its source can't be read by their
 * brackets alone: it has template texts or comments in them, or is a class.
 */
export function parameterTexts(
	given: (...values: never) => unknown,
): readonly string[] | undefined {
	const text = Function.prototype.toString.call(given);
	const [, alone] = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text) ?? [];
	if (alone !== undefined) {
		return [alone];
	}
	const head =
		/^(?:async\b\s*)?(?:function\b\s*)?\*?\s*[\w$]*\s*\(/.exec(text)?.[0] ?? "";
	return head === "" || isWrittenClass(given)
		? undefined
		: partsWithin(text, head.length);
}

/**
 * The names that a pattern takes: `{ id, name: text }` takes id and name. Those with a default are left out, for they may be missing;
 * `undefined` for what is no pattern.
 */
export function takenNames(parameter: string): readonly string[] | undefined {
	if (!parameter.startsWith("{")) {
		return undefined;
	}
	return partsWithin(parameter, 1)?.flatMap((part) => {
		const [, name] = /^([\w$]+)(?:\s*:[^=]*)?$/.exec(part) ?? [];
		return name ?? [];
	});
}

/** The parts of a list up to the bracket that closes it, between its own commas. */
function partsWithin(
	text: string,
	start: number,
): readonly string[] | undefined {
	const parts: string[] = [];
	let depth = 0;
	let begin = start;
	for (let index = start; index < text.length; index++) {
		const letter = text[index] as string;
		if (letter === "`" || letter === "/") {
			return undefined;
		}
		if (letter === '"' || letter === "'") {
			index = endOfText(text, index);
			continue;
		}
		if (opening.includes(letter)) {
			depth++;
		} else if (depth > 0 && closing.includes(letter)) {
			depth--;
		} else if (depth === 0 && (letter === "," || closing.includes(letter))) {
			parts.push(text.slice(begin, index).trim());
			begin = index + 1;
			if (letter !== ",") {
				return parts.filter((part) => part !== "");
			}
		}
	}
	return undefined;
}

/** Where the quote is that ends a text. */
function endOfText(text: string, start: number): number {
	const quote = text[start];
	let index = start + 1;
	while (index < text.length && text[index] !== quote) {
		index += text[index] === "\\" ? 2 : 1;
	}
	return index;
}
