import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import type { Dependency } from "../inject/dependency.ts";
import type { Problem } from "../schema/words/problem.ts";
import { readSlice, type Slice } from "./list-slice.ts";
import type { PageLinks } from "./page-links.ts";
import type { ItemOf } from "./page-schema.ts";
import type {
	CallArguments,
	ExtraOption,
	PageSchema,
	PageShape,
	PlainShape,
	Shaped,
} from "./page-shape.ts";
import type { PageShaper, ReadPage } from "./page-shaper.ts";
import type { AnyOffsetSource } from "./page-source.ts";
import {
	type AnyOffsetPagingOptions,
	keysOf,
	offsetPagingRules,
	type ResolvedPaging,
	resolveMaxOffset,
	resolvePaging,
} from "./paging-options.ts";
import {
	type AnyCallOptions,
	type CountOptions,
	callRules,
	type TransformOptions,
	toItems,
} from "./transform.ts";

/** Pages of items of one schema: what a path operation takes, what it answers, and what makes the one of the other. */
export interface OffsetPages<
	Schema extends StandardSchemaV1,
	Params,
	Fields,
	Shape extends PageShape = PlainShape,
> {
	/** For `response`: the page around the items' own schema, and its name in the document. */
	readonly schema: PageSchema<Schema, Fields, Shape>;
	/** For the record of parameters: reads and checks what the client sent; all that is wrong is a 422. */
	readonly params: Dependency<Params>;
	/**
	 * Reads one page of a list, of a query, or by a function `({ offset, limit }) => rows`, which needs a `total`, unless the pages have none. The query must have no limit; give it an order that is total, or the option `key`.
	 * It runs once, and a second time to count where the page does not tell; within a transaction both see the same rows.
	 *
	 * @throws TypeError for a query that has a limit or is no select
	 */
	paginate<Row extends ItemOf<Schema>>(
		source: AnyOffsetSource<Row>,
		params: Params,
		...options: CallArguments<Shape, CountOptions>
	): Promise<Shaped<Fields, Row, Shape>>;
	paginate<Row, Item extends ItemOf<Schema>>(
		source: AnyOffsetSource<Row>,
		params: Params,
		options: TransformOptions<Row, Item> & CountOptions & ExtraOption<Shape>,
	): Promise<Shaped<Fields, Item, Shape>>;
}

/** The options of pages that skip items, resolved. @throws SetupError `VIV_OPTION` */
export function resolveOffsetPaging(
	where: string,
	names: readonly string[],
	options: AnyOffsetPagingOptions,
	rules: OptionRules<AnyOffsetPagingOptions> = offsetPagingRules,
): {
	readonly paging: ResolvedPaging;
	readonly maxOffset: number;
	readonly keys: readonly string[];
} {
	assertOptions(where, options, rules);
	return {
		paging: resolvePaging(where, names, options),
		maxOffset: resolveMaxOffset(where, options),
		keys: options.key === undefined ? [] : keysOf(where, options.key),
	};
}

/** True when a total is the number of items: one that has come to the cap may be less. */
export function isExact(
	{ total: option }: ResolvedPaging,
	total: number | null,
): total is number {
	if (total === null) {
		return false;
	}
	return typeof option !== "object" || total < option.cappedAt;
}

/** The problem of a request that skips too many items. */
export function tooFar(
	name: string,
	skipped: number,
	maxOffset: number,
): Problem | undefined {
	if (skipped <= maxOffset) {
		return undefined;
	}
	return {
		path: [name],
		about: "other",
		message: `at most ${maxOffset} items can be skipped, not ${skipped}: narrow the list down, or follow its cursors where it has them`,
	};
}

/** A part of a list that a request has asked for. */
export interface WantedPart {
	readonly offset: number;
	readonly limit: number;
	readonly whole?: boolean | undefined;
	readonly links?: PageLinks | undefined;
}

/**
 * Reads a part of a list and makes the answer of it.
 *
 * @param sizeName the parameter to ask for less by
 * @param toPage the page's fields and links
 */
export async function paginatePart(
	source: AnyOffsetSource<unknown>,
	{ offset, limit, whole, links }: WantedPart,
	call: AnyCallOptions,
	pages: {
		readonly paging: ResolvedPaging;
		readonly keys: readonly string[];
		readonly shaper: PageShaper;
		readonly sizeName: string;
	},
	toPage: (slice: Slice<unknown>) => Pick<ReadPage, "fields" | "targets">,
): Promise<unknown> {
	assertOptions("paginate()", call, callRules);
	const slice = await readSlice(source, {
		offset,
		limit,
		total: pages.paging.total,
		keys: pages.keys,
		asksNext: pages.paging.asksNext && !whole,
		whole: whole ? pages.sizeName : undefined,
		count: call.total,
	});
	const items = await toItems(slice.rows, call);
	const page = { items, ...toPage(slice), extra: call.extra };
	return pages.shaper.answer(page, links);
}

/** The links of a list that is whole. */
export function wholeTargets(...names: readonly string[]): ReadPage["targets"] {
	const self = Object.fromEntries(names.map((name) => [name, null]));
	return { first: self, self, last: self };
}
