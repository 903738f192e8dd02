import {
	assertOptions,
	type OptionCheck,
	type OptionRules,
	told,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { LinkForm } from "./page-links.ts";
import type { ExtraFields, PageShapeOptions } from "./page-shape.ts";
import { pageShapeRules } from "./page-shaper.ts";
import type { TotalOption } from "./total-option.ts";

/** Options of all kinds of pages. */
export interface PagingOptions<
	Names extends string = string,
	Total extends TotalOption = TotalOption,
	Field extends string = string,
	FieldNames extends object = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
> extends PageShapeOptions<Field, FieldNames, Extra, Links, Flat> {
	/** Items per page if the client doesn't say. Default: 50. */
	readonly size?: number;
	/** The most items that a client may request. Default: 100. */
	readonly maxSize?: number;
	/** The fewest items that a client may request. Default: 1. */
	readonly minSize?: number;
	/**
	 * A client that sends no paging parameters gets the whole list, if it has at most this many items; a longer list is a 422. Default:
	 * such a client gets the first page.
	 */
	readonly unpaged?: number;
	/** Names of the query parameters. Default: their own. */
	readonly names?: Readonly<Partial<Record<Names, string>>>;
	/** How items are counted. Default: `"exact"`; for cursor pages `"none"`. */
	readonly total?: Total;
	/**
	 * Adds a `Link` header (RFC 8288) with the first, the previous, the next and, if it is known, the last page: `"absolute"`, `"path"`,
	 * or `"relative"` to the requested address, which also works behind a proxy that rewrites it. Default: none.
	 */
	readonly links?: LinkForm;
	/** The page's name in the OpenAPI document. Default: FastAPI's for a generic model, `Page[Item]`, written `Page_Item_`. */
	readonly name?: string;
}

/** Options of pages that skip items. */
export interface OffsetPagingOptions<
	Names extends string = string,
	Total extends TotalOption = TotalOption,
	Field extends string = string,
	FieldNames extends object = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
> extends PagingOptions<Names, Total, Field, FieldNames, Extra, Links, Flat> {
	/**
	 * The most items that a request may skip, because the database reads them anyway: more is a 422. Default: 10,000. Cursor pages have
	 * no such limit.
	 */
	readonly maxOffset?: number;
	/**
	 * A unique column, or several that are unique together. They are appended to the order if they are missing, because otherwise items
	 * may be repeated or missed. In a join with the table: `"note.id"`. Default: the query's order is used unchanged.
	 */
	readonly key?: string | readonly [string, ...string[]];
}

/** Rules of {@link PagingOptions}; the numbers by {@link assertWhole}. */
export const pagingRules: OptionRules<PagingOptions> = {
	size: "any",
	maxSize: "any",
	minSize: "any",
	unpaged: "any",
	names: "any", // resolvePaging, which knows them
	total: (value) =>
		value === "exact" || value === "none" || typeof value === "object"
			? undefined
			: '"exact", "none" or { cappedAt: … }',
	...pageShapeRules,
	links: ["absolute", "path", "relative"],
	name: "text",
};

/** Rules of {@link OffsetPagingOptions}. */
export const offsetPagingRules: OptionRules<OffsetPagingOptions> = {
	...pagingRules,
	maxOffset: "any",
	key: "any", // keysOf
};

/** {@link PagingOptions} of pages of any shape. */
export type AnyPagingOptions = Omit<PagingOptions, keyof PageShapeOptions> &
	PageShapeOptions;

/** {@link OffsetPagingOptions} of pages of any shape. */
export type AnyOffsetPagingOptions = Omit<
	OffsetPagingOptions,
	keyof PageShapeOptions
> &
	PageShapeOptions;

/** The sizes and the total, checked. */
export interface ResolvedPaging {
	readonly size: number;
	readonly maxSize: number;
	readonly minSize: number;
	readonly unpaged: number | undefined;
	readonly total: TotalOption;
	/** True where an answer needs its request: it has links, or headers of its own. */
	readonly asksRequest: boolean;
	/** True where it must be known whether something follows. */
	readonly asksNext: boolean;
	nameOf(parameter: string): string;
}

/** @throws SetupError `VIV_OPTION` naming the option, the rule and the value */
export function resolvePaging(
	what: string,
	parameters: readonly string[],
	options: AnyPagingOptions,
	defaultTotal: TotalOption = "exact",
): ResolvedPaging {
	const { maxSize = 100, minSize = 1, names = {}, unpaged } = options;
	const { total = defaultTotal } = options;
	assertWhole(what, "maxSize", maxSize, 1);
	assertWhole(what, "minSize", minSize, 1, maxSize);
	const size = options.size ?? Math.min(Math.max(50, minSize), maxSize);
	assertWhole(what, "size", size, minSize, maxSize);
	if (unpaged !== undefined) {
		assertWhole(what, "unpaged", unpaged, 1);
	}
	const nameRules: Record<string, OptionCheck> = {};
	for (const parameter of parameters) {
		nameRules[parameter] = "text";
	}
	assertOptions(`${what}: names`, names as object, nameRules);
	if (typeof total === "object") {
		assertOptions(`${what}: total`, total, {
			cappedAt: { required: "any" },
		});
		assertWhole(what, "total.cappedAt", total.cappedAt, 1);
	}
	const nameOf = (parameter: string): string =>
		(names as Readonly<Record<string, string>>)[parameter] ?? parameter;
	const wireNames = parameters.map(nameOf);
	if (new Set(wireNames).size < wireNames.length || wireNames.includes("")) {
		throw new SetupError(
			"VIV_OPTION",
			`${what}: names must be different texts that are not empty, got ${wireNames.map((name) => `"${name}"`).join(" and ")}.`,
		);
	}
	const { bodyLinks = "none", flat = false, links } = options;
	const asksNext = links !== undefined || bodyLinks !== "none";
	return {
		size,
		maxSize,
		minSize,
		unpaged,
		total,
		nameOf,
		asksNext,
		asksRequest: asksNext || flat,
	};
}

/**
 * The columns of a key.
 *
 * @throws SetupError `VIV_OPTION` where it names none
 */
export function keysOf(what: string, key: unknown): readonly string[] {
	const keys = Array.isArray(key) ? (key as readonly unknown[]) : [key];
	const isName = (each: unknown): each is string =>
		typeof each === "string" && each !== "";
	if (keys.length > 0 && keys.every(isName)) {
		return keys;
	}
	throw new SetupError(
		"VIV_OPTION",
		`${what}: key must name a column that is unique and never null, as "id", or a list of such that are unique together, got ${told(key)}.`,
	);
}

/** The limit on skipping, checked. */
export function resolveMaxOffset(
	what: string,
	{ maxOffset = 10_000 }: AnyOffsetPagingOptions,
): number {
	assertWhole(what, "maxOffset", maxOffset, 0);
	return maxOffset;
}

function assertWhole(
	what: string,
	name: string,
	value: number,
	least: number,
	most: number = Number.MAX_SAFE_INTEGER,
): void {
	if (Number.isSafeInteger(value) && value >= least && value <= most) {
		return;
	}
	throw new SetupError(
		"VIV_OPTION",
		`${what}: ${name} must be a whole number from ${least} to ${most}, got ${value}.`,
	);
}
