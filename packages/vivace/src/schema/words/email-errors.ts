import type { ErrorWords } from "./error-words.ts";
import { pythonText } from "./python-text.ts";

/** The error for a text that is no email address. */
export function emailError(text: string): ErrorWords {
	const reason = emailProblem(text);
	return {
		type: "value_error",
		msg: `value is not a valid email address: ${reason}`,
		ctx: { reason },
	};
}

/** The fault of an email address, in the words of the library that Pydantic uses. */
function emailProblem(text: string): string {
	if (text.length > 2048) {
		return "Length must not exceed 2048 characters";
	}
	// an @-sign in quotes is not the one that is looked for
	const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0] ?? "";
	const at = text.indexOf("@", quoted.length);
	if (at === -1 || (quoted === "" && text.startsWith('"'))) {
		return "An email address must have an @-sign.";
	}
	return (
		localProblem(text.slice(0, at)) ??
		domainProblem(text.slice(at + 1)) ??
		(text.length > 254
			? `The email address is too long (${tooMany(text.length - 254)}).`
			: "The email address is not valid.")
	);
}

function tooMany(count: number): string {
	return `${count} character${count === 1 ? "" : "s"} too many`;
}

/** RFC 5322 §3.2.3, with what RFC 6531 adds: everything that is not ASCII. */
const wrongBefore = /[^a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]/gu;

function localProblem(local: string): string | undefined {
	if (local === "") {
		return "There must be something before the @-sign.";
	}
	if (/^".*"$/s.test(local)) {
		return "Quoting the part before the @-sign is not allowed here.";
	}
	const wrong = characterNames(local, wrongBefore);
	if (wrong !== undefined) {
		return `The email address contains invalid characters before the @-sign: ${wrong}.`;
	}
	if (local.startsWith(".")) {
		return "An email address cannot start with a period.";
	}
	if (local.endsWith(".")) {
		return "An email address cannot have a period immediately before the @-sign.";
	}
	return local.includes("..") ? twoPeriods : undefined;
}

const twoPeriods = "An email address cannot have two periods in a row.";

const wrongAfter = /[^a-zA-Z0-9.\-\u0080-\u{10ffff}]/gu;

function domainProblem(domain: string): string | undefined {
	if (domain === "") {
		return "There must be something after the @-sign.";
	}
	if (/^\[[\d.]+\]$|^\[IPv6:.*\]$/.test(domain)) {
		return "A bracketed IP address after the @-sign is not allowed here.";
	}
	const wrong = characterNames(domain, wrongAfter);
	if (wrong !== undefined) {
		return `The part after the @-sign contains invalid characters: ${wrong}.`;
	}
	return placeProblem(domain) ?? lengthProblem(domain) ?? nameProblem(domain);
}

function placeProblem(domain: string): string | undefined {
	const first = markNames[domain[0] as string];
	if (first !== undefined) {
		return `An email address cannot have a ${first} immediately after the @-sign.`;
	}
	const last = markNames[domain.at(-1) as string];
	if (last !== undefined) {
		return `An email address cannot end with a ${last}.`;
	}
	if (domain.includes("..")) {
		return twoPeriods;
	}
	return /\.-|-\./.test(domain)
		? "An email address cannot have a period and a hyphen next to each other."
		: undefined;
}

const markNames: Readonly<Record<string, string>> = {
	".": "period",
	"-": "hyphen",
};

function lengthProblem(domain: string): string | undefined {
	if (domain.length > 253) {
		return `The email address is too long after the @-sign (${tooMany(domain.length - 253)}).`;
	}
	const longest = Math.max(...domain.split(".").map(({ length }) => length));
	return longest > 63
		? `After the @-sign, periods cannot be separated by so many characters (${tooMany(longest - 63)}).`
		: undefined;
}

function nameProblem(domain: string): string | undefined {
	if (!domain.includes(".")) {
		return "The part after the @-sign is not valid. It should have a period.";
	}
	return /[a-z]$/i.test(domain)
		? undefined
		: "The part after the @-sign is not valid. It is not within a valid top-level domain.";
}

/** The wrong characters, each once; `undefined` where there are none. */
function characterNames(text: string, wrong: RegExp): string | undefined {
	const found = [...new Set(text.match(wrong) ?? [])].sort();
	return found.length === 0 ? undefined : found.map(characterName).join(", ");
}

function characterName(character: string): string {
	if (character === " ") {
		return "SPACE";
	}
	if (character === "\\") {
		return '"\\"';
	}
	return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
		? pythonText(character)
		: `U+${character.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`;
}
