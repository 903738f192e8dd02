/**
 * A regular expression as JSON Schema can have it: without flags (JSON Schema Core §6.4). What `i` and `s` mean is written out;
 * `undefined` where no pattern without flags says the same.
 */
export function portablePattern(pattern: RegExp): string | undefined {
	const { source, flags } = pattern;
	if (flags.includes("y")) {
		// where a text is looked at from its beginning, it begins there
		const free = portablePattern(
			new RegExp(source, flags.replaceAll(/[yg]/g, "")),
		);
		return free && `^(?:${free})`;
	}
	if (flags.includes("m") && hasAnchor(source)) {
		return undefined;
	}
	if (flags.includes("v") && !isSameUnderUnicode(source)) {
		return undefined;
	}
	if (!flags.includes("i") && !flags.includes("s")) {
		return source;
	}
	return written(source, flags.includes("i"), flags.includes("s"));
}

/** An anchor that is no escape and no part of a class; a class is not looked into, so that this may say too much. */
function hasAnchor(source: string): boolean {
	return /(?:^|[^\\[])[\^$]|^[\^$]/.test(source.replace(/\\./gs, ""));
}

/** Without operations on sets, strings in classes and nested classes, `v` means what `u` means. */
function isSameUnderUnicode(source: string): boolean {
	try {
		new RegExp(source, "u");
	} catch {
		return false;
	}
	return !/&&|--|\\q\{|\[[^\]]*\[/.test(source);
}

/** One step of a pattern: an escape, a class, a group's name, a single character. */
const step =
	/\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|k<[^>]*>|\d+|.)|\[(?:\\.|[^\]\\])*\]|\(\?<[A-Za-z_$][\w$]*>|\(\?[:=!]|\(\?<[=!]|./gsu;

function written(
	source: string,
	ignoresCase: boolean,
	dotIsAll: boolean,
): string | undefined {
	let text = "";
	for (const [part] of source.matchAll(step)) {
		const next = writtenStep(part, ignoresCase, dotIsAll);
		if (next === undefined) {
			return undefined;
		}
		text += next;
	}
	return text;
}

function writtenStep(
	part: string,
	ignoresCase: boolean,
	dotIsAll: boolean,
): string | undefined {
	if (part === "." && dotIsAll) {
		return "[\\s\\S]";
	}
	if (!ignoresCase) {
		return part;
	}
	if (part.startsWith("[")) {
		return bothCasesOfClass(part);
	}
	if (part.startsWith("\\")) {
		// \d, \w, \s, \b mean the same in both cases; letters by number, properties and what was matched before don't
		return /^\\[dDwWsSbBtnrfv0^$\\.*+?()[\]{}|/-]$/.test(part)
			? part
			: undefined;
	}
	if (/^[A-Za-z]$/.test(part)) {
		return `[${part.toLowerCase()}${part.toUpperCase()}]`;
	}
	return part.length > 1 || part < "\u0080" ? part : undefined;
}

/** `[a-f_]` as `[a-fA-F_]`; `undefined` where letters beyond ASCII, ranges across them or escapes of letters stand in it. */
function bothCasesOfClass(part: string): string | undefined {
	const isNegated = part.startsWith("[^");
	const inner = part.slice(isNegated ? 2 : 1, -1);
	let text = "";
	for (const [item] of inner.matchAll(/\\.|[^\\]-\\.|[^\\]-[^\\]|[^\\]/gsu)) {
		const both = bothCases(item);
		if (both === undefined) {
			return undefined;
		}
		text += both;
	}
	return `[${isNegated ? "^" : ""}${text}]`;
}

function bothCases(item: string): string | undefined {
	if (/^(?:[a-z]-[a-z]|[A-Z]-[A-Z])$/.test(item)) {
		return item.toLowerCase() + item.toUpperCase();
	}
	if (/^[A-Za-z]$/.test(item)) {
		return item.toLowerCase() + item.toUpperCase();
	}
	if (item.startsWith("\\")) {
		return /^\\[dDsSwtnrfv^\\.*+?()[\]{}|/$-]$/.test(item) ? item : undefined;
	}
	const [first = "", , last = first] = item;
	// a range that holds letters on its way, as A-z does
	const from = first.charCodeAt(0);
	const to = last.charCodeAt(0);
	const holdsLetters =
		from <= 122 && to >= 65 && /[A-Za-z]/.test(lettersOf(from, to));
	return to < 128 && !holdsLetters ? item : undefined;
}

function lettersOf(from: number, to: number): string {
	let text = "";
	for (let code = from; code <= Math.min(to, 127); code += 1) {
		text += String.fromCharCode(code);
	}
	return text;
}
