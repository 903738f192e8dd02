import {
	fastApiNames,
	fastApiRemarks,
	formerOptions,
	otherNames,
} from "./fastapi-names.ts";
import { isWrittenClass } from "./is-class.ts";
import { SetupError } from "./setup-error.ts";

/**
 * A rule for the value of an option; a list gives the values themselves, a function says what it must be when it is not, `nested` are
 * the rules of a record within.
 */
export type OptionCheck =
	| "any"
	| "boolean"
	| "text"
	| "function"
	| "list"
	| "texts"
	| "record"
	| "records"
	/** An `AbortSignal`. */
	| "signal"
	/** A value that no message shows; whoever takes it checks it. */
	| "secret"
	/** A whole number that is not negative. */
	| "count"
	/** A number that is not negative. */
	| "milliseconds"
	| readonly unknown[]
	| NestedRules
	| MemberRule
	| ((value: unknown) => string | undefined);

/** The rules of a record within a record of options. */
export interface NestedRules {
	readonly nested: Readonly<Record<string, OptionCheck | RequiredCheck>>;
}

/** The rule for the members of a list. */
export interface MemberRule {
	readonly isMember: (each: unknown) => boolean;
	/** The list in words: `a list of dependencies`. */
	readonly words: string;
	/** The call that a function lacks to be a member: `dependency(async () => …)`. */
	readonly call?: string;
}

/** The check of an option that must be there. */
export interface RequiredCheck {
	readonly required: OptionCheck;
}

/** A check for each option of an interface: none can be forgotten, none be invented, and what must be there is known. */
export type OptionRules<Options> = {
	readonly [Name in keyof Required<Options>]: Record<never, never> extends Pick<
		Options,
		Name
	>
		? OptionCheck
		: RequiredCheck;
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
	if (!isRecord(given)) {
		throw refusal(where, `expected a record of options, got ${told(given)}.`);
	}
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(rules, name)) {
			throw refusal(where, unknownOption(name, Object.keys(rules)));
		}
		const value = given[name as keyof Options];
		if (value !== undefined) {
			assertArgument(
				where,
				name,
				value,
				plainCheck(rules[name as keyof Options]),
			);
		}
	}
	for (const name of requiredNames(rules)) {
		if (given[name as keyof Options] === undefined) {
			const check = plainCheck(rules[name as keyof Options]);
			throw refusal(where, `${name} must be given${wordsOf(check)}.`);
		}
	}
}

function plainCheck(check: OptionCheck | RequiredCheck): OptionCheck {
	return typeof check === "object" && "required" in check
		? check.required
		: check;
}

/** By rules: the options that must be there. */
const requiredByRules = new WeakMap<object, readonly string[]>();

function requiredNames(
	rules: Readonly<Record<string, OptionCheck | RequiredCheck>>,
): readonly string[] {
	const known = requiredByRules.get(rules);
	if (known !== undefined) {
		return known;
	}
	const names = Object.keys(rules).filter(
		(name) => plainCheck(rules[name] as OptionCheck) !== rules[name],
	);
	requiredByRules.set(rules, names);
	return names;
}

/** The end of the sentence about an option that is not there. */
function wordsOf(check: OptionCheck): string {
	if (check === "any" || check === "secret") {
		return "";
	}
	if (typeof check === "object" && "nested" in check) {
		return `: ${kinds.record[1]}`;
	}
	const words =
		typeof check === "string" ? kinds[check][1] : mistake(undefined, check);
	return words === undefined ? "" : `: ${words}`;
}

/** The check of a text of a certain form, which `words` names. */
export function textMatching(pattern: RegExp, words: string): OptionCheck {
	return (value) =>
		typeof value === "string" && pattern.test(value) ? undefined : words;
}

/**
 * {@link assertOptions} for what is made for each request: looks at the names alone (30 ns for two), as long as all of them are there.
 * @throws SetupError as {@link assertOptions}
 */
export function assertOptionNames<Options extends object>(
	where: string,
	given: Options,
	rules: OptionRules<Options>,
): void {
	if (
		given === null ||
		typeof given !== "object" ||
		(Object.getPrototypeOf(given) !== Object.prototype && !isRecord(given))
	) {
		assertOptions(where, given, rules);
	}
	for (const name in given) {
		if (!(name in rules)) {
			assertOptions(where, given, rules);
		}
	}
}

/**
 * Refuses what an argument may not be. As with options, the compiler does so where it looks.
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
		assertOptions(`${where}: ${name}`, value as object, check.nested);
		return;
	}
	const wrong = mistake(value, check);
	if (wrong !== undefined) {
		const got = wrongMember(name, value, check) ?? `, got ${told(value)}`;
		throw refusal(where, `${name} must be ${wrong}${got}.`);
	}
}

/** The first member of a list that is wrong; `undefined` where the whole is. */
function wrongMember(
	name: string,
	value: unknown,
	check: OptionCheck,
): string | undefined {
	const rule = isMemberRule(check)
		? check
		: typeof check === "string"
			? memberRules[check]
			: undefined;
	if (rule === undefined || !Array.isArray(value)) {
		return undefined;
	}
	const index = value.findIndex((each) => !rule.isMember(each));
	const member: unknown = value[index];
	const remedy =
		typeof member === "function" && "call" in rule
			? `; write ${rule.call}`
			: "";
	return `; ${name}[${index}] is ${told(member)}${remedy}`;
}

function isMemberRule(check: OptionCheck): check is MemberRule {
	return typeof check === "object" && "isMember" in check;
}

function refusal(where: string, what: string): SetupError {
	return new SetupError("VIV_OPTION", `${where}: ${what}`);
}

function unknownOption(name: string, known: readonly string[]): string {
	const none = `there is no option "${name}"`;
	const translated = ownValue(fastApiNames, name);
	if (translated !== undefined && known.includes(translated)) {
		return `"${name}" is FastAPI's name; here it is "${translated}".`;
	}
	const near =
		known.find((other) => other === camelCase(name)) ??
		known.find((other) => other === ownValue(fastApiNames, snakeCase(name)));
	if (near !== undefined) {
		return `${none}; write "${near}".`;
	}
	const remark = ownValue(fastApiRemarks, snakeCase(name));
	if (remark !== undefined) {
		return `"${name}" is FastAPI's; here ${remark}.`;
	}
	const former = ownValue(formerOptions, name);
	if (former !== undefined) {
		return `${none} any more; write ${former}.`;
	}
	const meant = known.find((other) => isNear(name, other));
	if (meant !== undefined) {
		return `${none}; did you mean "${meant}"?`;
	}
	const other = ownValue(otherNames, name);
	return other !== undefined && known.includes(other)
		? `${none}; write "${other}".`
		: `${none}; there are ${known.toSorted().join(", ")}.`;
}

function ownValue(
	table: Readonly<Record<string, string>>,
	name: string,
): string | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

function camelCase(name: string): string {
	return name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

function snakeCase(name: string): string {
	return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** True when one letter more, less or other, or two in the other order, makes one name of the other. */
export function isNear(one: string, other: string): boolean {
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
	text: [isText, "a text"],
	function: [isFunction, "a function"],
	list: [Array.isArray, "a list"],
	texts: [listOf(isText), "a list of texts"],
	record: [isRecord, "a record"],
	records: [listOf(isRecord), "a list of records"],
	signal: [isSignal, "an AbortSignal"],
	secret: [() => true, "a secret"],
	count: [isCount, "a whole number that is not negative"],
	milliseconds: [isDuration, "a number that is not negative"],
};

/** The words of the rule that a value breaks. */
function mistake(
	value: unknown,
	check: Exclude<OptionCheck, NestedRules>,
): string | undefined {
	if (typeof check === "function") {
		return check(value);
	}
	if (isMemberRule(check)) {
		return Array.isArray(value) && value.every(check.isMember)
			? undefined
			: check.words;
	}
	if (typeof check !== "string") {
		return check.includes(value)
			? undefined
			: `one of ${check.map(told).join(", ")}`;
	}
	const [is, words] = kinds[check];
	return is(value) ? undefined : words;
}

/** The members of the lists among them. */
const memberRules: Partial<Record<string, Pick<MemberRule, "isMember">>> = {
	texts: { isMember: isText },
	records: { isMember: isRecord },
};

function isText(value: unknown): boolean {
	return typeof value === "string";
}

/** An object whose members are its content, as those of a list, a map or a date are not. */
export function isRecord(value: unknown): value is object {
	return (
		typeof value === "object" &&
		value !== null &&
		!(Symbol.iterator in value) &&
		!(value instanceof Date || value instanceof RegExp || isThenable(value))
	);
}

function isFunction(value: unknown): boolean {
	return typeof value === "function" && !isWrittenClass(value);
}

function isThenable(value: object): boolean {
	return "then" in value && typeof value.then === "function";
}

function listOf(is: (each: unknown) => boolean): (value: unknown) => boolean {
	return (value) => Array.isArray(value) && value.every(is);
}

function isSignal(value: unknown): boolean {
	const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
	return typeof aborted === "boolean" && typeof addEventListener === "function";
}

/** The check of an object with these methods. */
export function objectWith(...methods: readonly string[]): OptionCheck {
	return (value) =>
		methods.every((method) => typeof Object(value)[method] === "function")
			? undefined
			: `an object with ${methods.join(", ")}`;
}

function isCount(value: unknown): boolean {
	return Number.isInteger(value) && Number(value) >= 0;
}

function isDuration(value: unknown): boolean {
	return Number.isFinite(value) && Number(value) >= 0;
}

/** A value as messages show it. */
export function told(value: unknown): string {
	if (typeof value === "string") {
		return JSON.stringify(value);
	}
	if (typeof value === "function") {
		return `the ${isWrittenClass(value) ? "class" : "function"} ${value.name || "(without a name)"}`;
	}
	if (Array.isArray(value)) {
		return "a list";
	}
	if (typeof value !== "object" || value === null) {
		return String(value);
	}
	if (value instanceof Date && Number.isNaN(value.getTime())) {
		return "an invalid Date";
	}
	const type = Object.prototype.toString.call(value).slice(8, -1);
	return type === "Object" ? "an object" : `a ${type}`;
}
