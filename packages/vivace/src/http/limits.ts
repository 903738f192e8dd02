import { SetupError } from "../errors/setup-error.ts";

/**
 * How much of a request is taken. The app, a router, `include` and a path operation can each set them: of each member the innermost
 * counts.
 */
export interface Limits {
	/**
	 * The largest body that is read into memory, in bytes; of a form all its texts together. Beyond it the answer is 413. Default: 1 MiB.
	 */
	readonly bodyBytes?: number;
	/** How deeply lists and objects of a JSON body may stand in each other, 1 to 1,000; beyond it the answer is 400. Default: 200. */
	readonly jsonDepth?: number;
	/** How many problems a 422 describes, at least 1; one more entry tells how many are left out. Default: 100. */
	readonly problems?: number;
	/** The largest form, files and all, in bytes; beyond it the answer is 413. `request.parts()` has no such limit. Default: 100 MiB. */
	readonly formBytes?: number;
	/** The largest file of a form, in bytes; beyond it the answer is 413. Default: none but `formBytes`. */
	readonly fileBytes?: number;
	/** How many files a form may have; beyond it the answer is 400. Default: 1,000, as in Starlette. */
	readonly files?: number;
	/** How many other fields a form may have; beyond it the answer is 400. Default: 1,000, as in Starlette. */
	readonly fields?: number;
	/** The largest text of a form, in bytes; beyond it the answer is 400. Default: 1 MiB, as in Starlette. */
	readonly fieldBytes?: number;
}

/** {@link Limits} with every member decided. */
export type ResolvedLimits = Required<Limits>;

/** The limits where nobody says otherwise. */
export const defaultLimits: ResolvedLimits = Object.freeze({
	bodyBytes: 1024 * 1024,
	jsonDepth: 200,
	problems: 100,
	formBytes: 100 * 1024 * 1024,
	fileBytes: Number.POSITIVE_INFINITY,
	files: 1000,
	fields: 1000,
	fieldBytes: 1024 * 1024,
});

/** Deeper values would end the stack of those who walk over them. */
const maxDepth = 1000;

/** Of each member what the last one says; `undefined` where none says anything. */
export function mergeLimits(
	all: readonly (Limits | undefined)[],
): Limits | undefined {
	const said = all.filter((limits) => limits !== undefined);
	return said.length < 2 ? said[0] : Object.assign({}, ...said);
}

/** The limits as they hold. */
export function resolveLimits(limits: Limits | undefined): ResolvedLimits {
	return limits === undefined ? defaultLimits : { ...defaultLimits, ...limits };
}

/** @throws SetupError `VIV_OPTION` that names the place, the member and what it may be */
export function assertLimits(where: string, limits: unknown): void {
	if (limits === undefined) {
		return;
	}
	if (limits === null || typeof limits !== "object") {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: limits must be an object such as { bodyBytes: 1_000_000 }, got ${limits === null ? "null" : typeof limits}.`,
		);
	}
	for (const [name, value] of Object.entries(limits)) {
		assertLimit(where, name, value);
	}
}

function assertLimit(where: string, name: string, value: unknown): void {
	if (!Object.hasOwn(rules, name)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: limits has no "${name}"; expected ${Object.keys(rules).join(", ")}.`,
		);
	}
	const { expected, isRight } = rules[name as keyof Limits];
	if (typeof value === "number" && isRight(value)) {
		return;
	}
	const got = typeof value === "number" ? value : typeof value;
	throw new SetupError(
		"VIV_OPTION",
		`${where}: limits.${name} must be ${expected}, got ${got}; leave it out for ${defaultLimits[name as keyof Limits]}.`,
	);
}

interface Rule {
	readonly expected: string;
	readonly isRight: (value: number) => boolean;
}

const byteRule: Rule = {
	expected: "a number of bytes that is not negative",
	isRight: (value) => value >= 0,
};

const countRule: Rule = {
	expected: "a whole number that is not negative, or Infinity",
	isRight: (value) =>
		value === Number.POSITIVE_INFINITY ||
		(Number.isInteger(value) && value >= 0),
};

const rules: Readonly<Record<keyof Limits, Rule>> = {
	bodyBytes: byteRule,
	jsonDepth: {
		expected: `a whole number from 1 to ${maxDepth}`,
		isRight: (value) =>
			Number.isInteger(value) && value >= 1 && value <= maxDepth,
	},
	problems: {
		expected: "a whole number of at least 1",
		isRight: (value) => Number.isInteger(value) && value >= 1,
	},
	formBytes: byteRule,
	fileBytes: byteRule,
	files: countRule,
	fields: countRule,
	fieldBytes: byteRule,
};
