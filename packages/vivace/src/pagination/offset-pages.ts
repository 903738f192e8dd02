import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Dependency } from "../inject/dependency.ts";
import type { Problem } from "../schema/problem.ts";
import type { LinkTarget } from "./link-header.ts";
import { type PageSource, readSlice } from "./list-slice.ts";
import {
	count,
	type ItemOf,
	type Paged,
	type PageSchema,
	pageSchema,
	totalCount,
} from "./page-schema.ts";
import {
	type OffsetPagingOptions,
	type ResolvedPaging,
	resolveMaxOffset,
	resolvePaging,
	type TotalOf,
	type TotalOption,
} from "./paging-options.ts";
import { pagingParams, sizeField, type WithLinks } from "./paging-params.ts";
import { type TransformOptions, toItems } from "./transform.ts";

/** Which page is wanted: what a client sends to a list of pages by number. */
export interface PageParams extends WithLinks {
	/** From 1. */
	readonly page: number;
	readonly size: number;
}

/** Which items are wanted: what a client sends to a list by limit and offset. */
export interface LimitOffsetParams extends WithLinks {
	readonly limit: number;
	/** How many items to skip. */
	readonly offset: number;
}

/** What a page says of itself beside its items. */
export interface PageFields<Total extends number | null = number> {
	readonly total: Total;
	readonly page: number;
	readonly size: number;
	readonly pages: Total;
}

/** What a part of a list says of itself beside its items. */
export interface LimitOffsetFields<Total extends number | null = number> {
	readonly total: Total;
	readonly limit: number;
	readonly offset: number;
}

/** A page by number: `items, total, page, size, pages`. */
export type Page<Item, Total extends number | null = number> = Paged<
	PageFields<Total>,
	Item
>;

/** A page by limit and offset: `items, total, limit, offset`. */
export type LimitOffsetPage<Item, Total extends number | null = number> = Paged<
	LimitOffsetFields<Total>,
	Item
>;

/** Pages of items of one schema: what a path operation takes, what it answers, and what makes the one of the other. */
export interface OffsetPages<Schema extends StandardSchemaV1, Params, Fields> {
	/** For `response`: the page around the items' own schema, and its name in the document. */
	readonly schema: PageSchema<Schema, Fields>;
	/** For the record of parameters: reads and checks what the client sent; all that is wrong is a 422. */
	readonly params: Dependency<Params>;
	/**
	 * Reads one page of a list or of a query. The query must have no limit; give it an order that is total, or {@link OffsetPagingOptions.key}.
	 * It runs once, and a second time to count where the page does not tell; within a transaction both see the same rows.
	 *
	 * @throws TypeError for a query that has a limit or is no select
	 */
	paginate<Row extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: Params,
	): Promise<Paged<Fields, Row>>;
	paginate<Row, Item extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: Params,
		options: TransformOptions<Row, Item>,
	): Promise<Paged<Fields, Item>>;
}

/** Pages by number, as {@link pageOf} declares them. */
export type Pages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "exact",
> = OffsetPages<Schema, PageParams, PageFields<TotalOf<Total>>>;

/** Pages by limit and offset, as {@link limitOffsetPageOf} declares them. */
export type LimitOffsetPages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "exact",
> = OffsetPages<Schema, LimitOffsetParams, LimitOffsetFields<TotalOf<Total>>>;

/**
 * Pages by number: `page` (from 1, default 1) and `size` (1 to 100, default 50) in the query, `items, total, page, size, pages` in the
 * answer. A page behind the last is empty.
 *
 * A page that would skip more than `maxOffset` items is a 422. The names are those of fastapi-pagination's `Page`.
 *
 * @throws SetupError `VIV_OPTION` for options that make no sense
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { pageOf } from "vivace/pagination";
 * import { z } from "zod";
 *
 * const Item = z.object({ name: z.string() }).meta({ id: "Item" });
 * const pages = pageOf(Item);
 * const items = [{ name: "chair" }, { name: "table" }];
 *
 * const app = new App();
 * app.get({ path: "/items", response: pages.schema }, { paging: pages.params }, ({ paging }) =>
 *   pages.paginate(items, paging),
 * );
 * ```
 */
export function pageOf<
	Schema extends StandardSchemaV1,
	const Total extends TotalOption = "exact",
>(
	item: Schema,
	options: OffsetPagingOptions<"page" | "size", Total> = {},
): Pages<Schema, Total> {
	const paging = resolvePaging("pageOf()", ["page", "size"], options);
	const maxOffset = resolveMaxOffset("pageOf()", options);
	const { total: option, nameOf } = paging;
	const [pageName, sizeName] = [nameOf("page"), nameOf("size")];
	const target = (page: number, size: number): LinkTarget | undefined =>
		(page - 1) * size > maxOffset
			? undefined
			: { [pageName]: page, [sizeName]: size };
	return {
		schema: pageSchema("Page", item, options.name, {
			total: totalCount("Number of items", option),
			page: count("Number of this page", 1),
			size: count("How many items a page has at most", 1),
			pages: totalCount("Number of pages", option),
		}),
		params: pagingParams<PageParams>(
			{
				page: {
					kind: "integer",
					options: { description: "Page number", minimum: 1, default: 1 },
				},
				size: sizeField(paging, "Page size"),
			},
			paging,
			(values) => {
				const skipped =
					(Number(values[pageName]) - 1) * Number(values[sizeName]);
				return tooFar(pageName, skipped, maxOffset);
			},
		),
		async paginate(
			source: PageSource<unknown>,
			{ page, size, links }: PageParams,
			transform: Partial<TransformOptions<unknown, unknown>> = {},
		) {
			const slice = await readSlice(source, {
				offset: (page - 1) * size,
				limit: size,
				total: option,
				key: options.key,
				asksNext: links !== undefined,
			});
			const { total } = slice;
			const pages = total === null ? null : Math.ceil(total / size);
			links?.write({
				first: target(1, size),
				prev: page > 1 ? target(page - 1, size) : undefined,
				next: slice.hasNext ? target(page + 1, size) : undefined,
				last: isExact(paging, total)
					? target(Math.max(pages ?? 1, 1), size)
					: undefined,
			});
			const items = await toItems(slice.rows, transform);
			// biome-ignore lint/suspicious/noExplicitAny: the overloads of the interface are what callers see
			return { items, total, page, size, pages } as any;
		},
	};
}

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
	const paging = resolvePaging(
		"limitOffsetPageOf()",
		["limit", "offset"],
		options,
	);
	const maxOffset = resolveMaxOffset("limitOffsetPageOf()", options);
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
			{ limit, offset, links }: LimitOffsetParams,
			transform: Partial<TransformOptions<unknown, unknown>> = {},
		) {
			const slice = await readSlice(source, {
				offset,
				limit,
				total: option,
				key: options.key,
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

/** Whether a total is the number of items: one that has come to the cap may be less. */
function isExact(
	{ total: option }: ResolvedPaging,
	total: number | null,
): total is number {
	if (total === null) return false;
	return typeof option !== "object" || total < option.cappedAt;
}

function tooFar(
	name: string,
	skipped: number,
	maxOffset: number,
): Problem | undefined {
	if (skipped <= maxOffset) return undefined;
	return {
		path: [name],
		about: "other",
		message: `at most ${maxOffset} items can be skipped, not ${skipped}: narrow the list down, or follow its cursors where it has them`,
	};
}
