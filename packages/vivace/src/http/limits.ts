import type { OptionCheck, OptionRules } from "../errors/options.ts";
import type { MatchedRoute } from "./matched-route.ts";

/**
 * Limits for the size of requests. The app, a router, `include` and a route can set them; for each member the innermost value applies.
 */
export interface Limits {
	/**
	 * The largest body that is read into memory, in bytes; for a form all its text fields together. A larger one gets a 413; `Infinity`
	 * means no limit. Default: 1 MiB.
	 */
	readonly bodyBytes?: number;
	/** How deeply arrays and objects in a JSON body may be nested, 1 to 1,000; deeper ones get a 400. Default: 200. */
	readonly jsonDepth?: number;
	/** How many problems a 422 describes, at least 1; one more entry says how many are left out. Default: 100. */
	readonly problems?: number;
	/** The largest form including files, in bytes; a larger one gets a 413. `request.parts()` has no such limit. Default: 100 MiB. */
	readonly formBytes?: number;
	/** The largest file in a form, in bytes; a larger one gets a 413. Default: only `formBytes`. */
	readonly fileBytes?: number;
	/** How many files a form may have; more get a 400. Default: 1,000, as in Starlette. */
	readonly files?: number;
	/** How many other fields a form may have; more get a 400. Default: 1,000, as in Starlette. */
	readonly fields?: number;
	/** The largest text field of a form, in bytes; a larger one gets a 400. Default: 1 MiB, as in Starlette. */
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

const byRoute = new WeakMap<MatchedRoute, ResolvedLimits>();

/** Remembers the limits of a route for requests that have not reached it yet. */
export function keepLimitsOf(
	route: MatchedRoute,
	limits: ResolvedLimits,
): void {
	byRoute.set(route, limits);
}

/** The limits of a route; `undefined` where it is no path operation. */
export function limitsOf(
	route: MatchedRoute | undefined,
): ResolvedLimits | undefined {
	return route && byRoute.get(route);
}

/** Rules of {@link Limits}. */
export const limitRules: OptionRules<Limits> = {
	bodyBytes: atMost("bodyBytes", "bytes"),
	jsonDepth: (value) =>
		isWhole(value, 1, maxDepth)
			? undefined
			: `a whole number from 1 to ${maxDepth} (default ${defaultLimits.jsonDepth})`,
	problems: (value) =>
		isWhole(value, 1)
			? undefined
			: `a whole number of at least 1 (default ${defaultLimits.problems})`,
	formBytes: atMost("formBytes", "bytes"),
	fileBytes: atMost("fileBytes", "bytes"),
	files: atMost("files"),
	fields: atMost("fields"),
	fieldBytes: atMost("fieldBytes", "bytes"),
};

/** A limit that there need not be. */
function atMost(name: keyof Limits, unit?: "bytes"): OptionCheck {
	return (value) =>
		value === Number.POSITIVE_INFINITY || isWhole(value, 0)
			? undefined
			: `a whole number${unit === undefined ? "" : ` of ${unit}`} that is not negative, or Infinity (default ${defaultLimits[name]})`;
}

function isWhole(
	value: unknown,
	least: number,
	most: number = Number.MAX_SAFE_INTEGER,
): boolean {
	return (
		Number.isSafeInteger(value) &&
		Number(value) >= least &&
		Number(value) <= most
	);
}
