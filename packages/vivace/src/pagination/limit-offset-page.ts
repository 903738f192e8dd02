import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions } from "../errors/options.ts";
import type { LinkTarget } from "./link-header.ts";
import { readSlice } from "./list-slice.ts";
import {
	isExact,
	type OffsetPages,
	resolveOffsetPaging,
	tooFar,
} from "./offset-pages.ts";
import { count, type Paged, pageSchema, totalCount } from "./page-schema.ts";
import { checkedParams, type PageSource } from "./page-source.ts";
import type {
	OffsetPagingOptions,
	TotalOf,
	TotalOption,
} from "./paging-options.ts";
import { pagingParams, sizeField, type WithLinks } from "./paging-params.ts";
import { type TransformOptions, toItems, transformRules } from "./transform.ts";

/** Which items are wanted: what a client sends to a list by limit and offset. */
export interface LimitOffsetParams extends WithLinks {
	readonly limit: number;
	/** How many items to skip. */
	readonly offset: number;
}

/** The members of a part of a list beside its items. */
export interface LimitOffsetFields<Total extends number | null = number> {
	readonly total: Total;
	readonly limit: number;
	readonly offset: number;
}

/** A page by limit and offset: `items, total, limit, offset`. */
export type LimitOffsetPage<Item, Total extends number | null = number> = Paged<
	LimitOffsetFields<Total>,
	Item
>;

/** Pages by limit and offset, as {@link limitOffsetPageOf} declares them. */
export type LimitOffsetPages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "exact",
> = OffsetPages<Schema, LimitOffsetParams, LimitOffsetFields<TotalOf<Total>>>;

/**
 * Pages by limit and offset: `limit` (1 to 100, default 50) and `offset` (from 0, default 0) in the query, `items, total, limit, offset`
 * in the answer. Options as for {@link pageOf}; the names are those of fastapi-pagination's `LimitOffsetPage`.
 *
 * @throws SetupError `VIV_OPTION` for options that make no sense
 */
export function limitOffsetPageOf<
	Schema extends StandardSchemaV1,
	const Total extends TotalOption = "exact",
>(
	item: Schema,
	options: OffsetPagingOptions<"limit" | "offset", Total> = {},
): LimitOffsetPages<Schema, Total> {
	const { paging, maxOffset, keys } = resolveOffsetPaging(
		"limitOffsetPageOf()",
		["limit", "offset"],
		options,
	);
	const { total: option, nameOf } = paging;
	const [limitName, offsetName] = [nameOf("limit"), nameOf("offset")];
	const target = (offset: number, limit: number): LinkTarget | undefined =>
		offset > maxOffset
			? undefined
			: { [limitName]: limit, [offsetName]: Math.max(offset, 0) };
	return {
		schema: pageSchema("LimitOffsetPage", item, options.name, {
			total: totalCount("Number of items", option),
			limit: count("How many items were asked for at most", 1),
			offset: count("How many items were skipped"),
		}),
		params: pagingParams<LimitOffsetParams>(
			{
				limit: sizeField(paging, "Page size limit"),
				offset: {
					kind: "integer",
					options: { description: "Page offset", minimum: 0, default: 0 },
				},
			},
			paging,
			(values) => tooFar(offsetName, Number(values[offsetName]), maxOffset),
		),
		async paginate(
			source: PageSource<unknown>,
			params: LimitOffsetParams,
			transform: Partial<TransformOptions<unknown, unknown>> = {},
		) {
			assertOptions("paginate()", transform, transformRules);
			const { limit, offset, links } = checkedParams(source, params, {
				limit: 1,
				offset: 0,
			});
			const slice = await readSlice(source, {
				offset,
				limit,
				total: option,
				keys,
				asksNext: links !== undefined,
			});
			const { total } = slice;
			links?.write({
				first: target(0, limit),
				prev: offset > 0 ? target(offset - limit, limit) : undefined,
				next: slice.hasNext ? target(offset + limit, limit) : undefined,
				last: isExact(paging, total)
					? target(lastOffset(total, offset, limit), limit)
					: undefined,
			});
			const items = await toItems(slice.rows, transform);
			// biome-ignore lint/suspicious/noExplicitAny: the overloads of the interface are what callers see
			return { items, total, limit, offset } as any;
		},
	};
}

/** Where the last page begins, in steps of `limit` from where this one does. */
function lastOffset(total: number, offset: number, limit: number): number {
	const start = offset % limit;
	return start + Math.max(Math.ceil((total - start) / limit) - 1, 0) * limit;
}
