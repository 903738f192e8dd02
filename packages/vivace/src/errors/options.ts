import { fastApiNames, fastApiRemarks } from "./fastapi-names.ts";
import { SetupError } from "./setup-error.ts";

/** What the value of an option must be; a list gives the values themselves, a function says what is wrong. */
export type OptionCheck =
	| "any"
	| "boolean"
	| "text"
	| "function"
	| "list"
	| "record"
	/** A whole number that is not negative. */
	| "count"
	/** A number that is not negative. */
	| "milliseconds"
	| readonly unknown[]
	| ((value: unknown) => string | undefined);

/** A check for each option of an interface: none can be forgotten, and none be invented. */
export type OptionRules<Options> = {
	readonly [Name in keyof Required<Options>]: OptionCheck;
};

/**
 * Refuses what an options object has and may not have; nothing is ignored in silence. The compiler refuses literals already: this
 * is for spreads, for JavaScript, and for `vivace dev`, which checks no types.
 *
 * @param where how the message begins: `GET /items`, `App`, `cors()`
 * @throws SetupError `VIV_OPTION: GET /items: "status_code" is FastAPI's name; here it is "status".`
 */
export function assertOptions<Options extends object>(
	where: string,
	given: Options,
	rules: OptionRules<Options>,
): void {
	if (given === null || typeof given !== "object") {
		throw refusal(where, `expected a record of options, got ${told(given)}.`);
	}
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(rules, name)) {
			throw refusal(where, unknownOption(name, Object.keys(rules)));
		}
		const value = given[name as keyof Options];
		const wrong =
			value === undefined
				? undefined
				: mistake(value, rules[name as keyof Options]);
		if (wrong !== undefined) {
			throw refusal(where, `${name} must be ${wrong}, got ${told(value)}.`);
		}
	}
}

/** The check of a text of a certain form, which `words` names. */
export function textMatching(pattern: RegExp, words: string): OptionCheck {
	return (value) =>
		typeof value === "string" && pattern.test(value) ? undefined : words;
}

function refusal(where: string, what: string): SetupError {
	return new SetupError("VIV_OPTION", `${where}: ${what}`);
}

function unknownOption(name: string, known: readonly string[]): string {
	const translated = fastApiNames[name];
	if (translated !== undefined && known.includes(translated)) {
		return `"${name}" is FastAPI's name; here it is "${translated}".`;
	}
	const camel = name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
	if (known.includes(camel)) {
		return `there is no option "${name}"; write "${camel}".`;
	}
	const remark = fastApiRemarks[name];
	if (remark !== undefined) {
		return `"${name}" is FastAPI's; here ${remark}.`;
	}
	const near = known.find((other) => isNear(name, other));
	if (near !== undefined) {
		return `there is no option "${name}"; did you mean "${near}"?`;
	}
	return `there is no option "${name}"; there are ${known.toSorted().join(", ")}.`;
}

/** True when one letter more, less or other, or two in the other order, makes one name of the other. */
function isNear(one: string, other: string): boolean {
	const [a, b] = [one.toLowerCase(), other.toLowerCase()];
	let start = 0;
	while (start < a.length && a[start] === b[start]) {
		start++;
	}
	const restA = a.slice(start);
	const restB = b.slice(start);
	return (
		restA === restB ||
		restA.slice(1) === restB ||
		restA === restB.slice(1) ||
		restA.slice(1) === restB.slice(1) ||
		`${restA[1]}${restA[0]}${restA.slice(2)}` === restB
	);
}

const kinds: Readonly<
	Record<
		Extract<OptionCheck, string>,
		readonly [is: (value: unknown) => boolean, words: string]
	>
> = {
	any: [() => true, "anything"],
	boolean: [(value) => typeof value === "boolean", "true or false"],
	text: [(value) => typeof value === "string", "a text"],
	function: [(value) => typeof value === "function", "a function"],
	list: [Array.isArray, "a list"],
	record: [isRecord, "a record"],
	count: [isCount, "a whole number that is not negative"],
	milliseconds: [isDuration, "a number that is not negative"],
};

/** What the value must be and is not. */
function mistake(value: unknown, check: OptionCheck): string | undefined {
	if (typeof check === "function") {
		return check(value);
	}
	if (typeof check !== "string") {
		return check.includes(value)
			? undefined
			: `one of ${check.map(told).join(", ")}`;
	}
	const [is, words] = kinds[check];
	return is(value) ? undefined : words;
}

function isRecord(value: unknown): boolean {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
	return Number.isInteger(value) && Number(value) >= 0;
}

function isDuration(value: unknown): boolean {
	return Number.isFinite(value) && Number(value) >= 0;
}

function told(value: unknown): string {
	if (typeof value === "string") {
		return JSON.stringify(value);
	}
	if (typeof value === "function") {
		return `the function ${value.name || "(without a name)"}`;
	}
	if (Array.isArray(value)) {
		return "a list";
	}
	return typeof value === "object" && value !== null
		? "an object"
		: String(value);
}
