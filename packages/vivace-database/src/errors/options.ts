import { SetupError } from "./setup-error.ts";

/**
 * The kind of value that an option takes; a list gives the values themselves, a function says what it must be when it is not, `nested` are
 * the rules of a record within.
 */
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
	| NestedRules
	| ((value: unknown) => string | undefined);

/** The rules of a record within a record of options. */
export interface NestedRules {
	readonly nested: RuleTable;
}

type RuleTable = Readonly<
	Record<string, OptionCheck | { readonly required: OptionCheck }>
>;

/** A check for each option of an interface: none can be forgotten, none be invented, and what must be there is known. */
export type OptionRules<Options> = {
	readonly [Name in keyof Required<Options>]: Record<never, never> extends Pick<
		Options,
		Name
	>
		? OptionCheck
		: { readonly required: OptionCheck };
};

/**
 * Refuses what an options object has and may not have; nothing is ignored in silence.
 *
 * @param where how the message begins: `mysql`, `openDatabase()`
 * @throws SetupError `VIV_OPTION: mysql: there is no option "sise"; did you mean "size"?`
 */
export function assertOptions<Options extends object>(
	where: string,
	given: Options,
	rules: OptionRules<Options>,
): void {
	assertRecord(where, given, rules as RuleTable);
}

function assertRecord(where: string, given: unknown, rules: RuleTable): void {
	if (!isRecord(given)) {
		throw refusal(where, `expected a record of options, got ${told(given)}.`);
	}
	const values = given as Readonly<Record<string, unknown>>;
	for (const name of Object.keys(values)) {
		if (!Object.hasOwn(rules, name)) {
			throw refusal(where, unknownOption(name, Object.keys(rules)));
		}
	}
	for (const [name, rule] of Object.entries(rules)) {
		assertOption(where, name, values[name], rule);
	}
}

function assertOption(
	where: string,
	name: string,
	value: unknown,
	rule: RuleTable[string],
): void {
	const isRequired = typeof rule === "object" && "required" in rule;
	const check = isRequired ? rule.required : rule;
	if (value === undefined) {
		if (isRequired) {
			throw refusal(where, `${name} must be given${wordsOf(check)}.`);
		}
		return;
	}
	assertArgument(where, name, value, check);
}

/**
 * Refuses what an argument may not be.
 *
 * @param name as the documentation calls the argument
 * @throws SetupError `VIV_OPTION: retryUnit(): unit must be a function, got undefined.`
 */
export function assertArgument(
	where: string,
	name: string,
	value: unknown,
	check: OptionCheck,
): void {
	if (typeof check === "object" && "nested" in check) {
		assertRecord(`${where}: ${name}`, value, check.nested);
		return;
	}
	const wrong = mistake(value, check);
	if (wrong !== undefined) {
		throw refusal(where, `${name} must be ${wrong}, got ${told(value)}.`);
	}
}

/** The check of an object with these methods. */
export function objectWith(...methods: readonly string[]): OptionCheck {
	return (value) =>
		methods.every((method) => typeof Object(value)[method] === "function")
			? undefined
			: `an object with ${methods.join(", ")}`;
}

function refusal(where: string, what: string): SetupError {
	return new SetupError("VIV_OPTION", `${where}: ${what}`);
}

/** The end of the sentence about an option that is not there. */
function wordsOf(check: OptionCheck): string {
	if (typeof check === "object" && "nested" in check) {
		return ": a record";
	}
	const words = mistake(undefined, check);
	return words === undefined ? "" : `: ${words}`;
}

function unknownOption(name: string, known: readonly string[]): string {
	const plain = plainName(name);
	const same = known.find((other) => plainName(other) === plain);
	if (same !== undefined) {
		return `there is no option "${name}"; write "${same}".`;
	}
	const meant = known.find((other) => isNear(plain, plainName(other)));
	return meant === undefined
		? `there is no option "${name}"; there are ${known.toSorted().join(", ")}.`
		: `there is no option "${name}"; did you mean "${meant}"?`;
}

/** `queue_limit`, `QueueLimit` and `queueLimit` are one. */
function plainName(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

/** True for names of which one is the other with a letter more, less or another one. */
function isNear(one: string, other: string): boolean {
	const shorter = Math.min(one.length, other.length);
	let start = 0;
	while (start < shorter && one[start] === other[start]) {
		start++;
	}
	const [a, b] = [one.slice(start), other.slice(start)];
	return [
		[a, b],
		[a.slice(1), b],
		[a, b.slice(1)],
		[a.slice(1), b.slice(1)],
		[`${a[1]}${a[0]}${a.slice(2)}`, b],
	].some(([left, right]) => left === right);
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
	count: [
		(value) => Number.isInteger(value) && Number(value) >= 0,
		"a whole number that is not negative",
	],
	milliseconds: [
		(value) => Number.isFinite(value) && Number(value) >= 0,
		"a number that is not negative",
	],
};

/** The words for a value's mistake; undefined for one that is right. */
function mistake(
	value: unknown,
	check: Exclude<OptionCheck, NestedRules>,
): string | undefined {
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

/** An object whose members are its content, as those of a list, a map or a date are not. */
export function isRecord(value: unknown): value is object {
	return (
		typeof value === "object" &&
		value !== null &&
		!(Symbol.iterator in value) &&
		!(value instanceof Date || value instanceof RegExp || "then" in value)
	);
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
	if (typeof value !== "object" || value === null) {
		return String(value);
	}
	const type = Object.prototype.toString.call(value).slice(8, -1);
	return type === "Object" ? "an object" : `a ${type}`;
}
