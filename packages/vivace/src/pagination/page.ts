import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { OptionRules } from "../errors/options.ts";
import type { Dependency } from "../inject/dependency.ts";
import {
	isExact,
	type OffsetPages,
	paginatePart,
	resolveOffsetPaging,
	tooFar,
	wholeTargets,
} from "./offset-pages.ts";
import type { LinkForm, LinkTarget } from "./page-links.ts";
import { count, type Paged, totalCount } from "./page-schema.ts";
import type {
	ExtraFields,
	PageShape,
	PlainShape,
	ShapeOf,
} from "./page-shape.ts";
import { pageShaper } from "./page-shaper.ts";
import { type AnyOffsetSource, checkedParams } from "./page-source.ts";
import {
	type AnyOffsetPagingOptions,
	type OffsetPagingOptions,
	offsetPagingRules,
	type ResolvedPaging,
} from "./paging-options.ts";
import {
	pagingParams,
	sizeCount,
	sizeField,
	type WithLinks,
} from "./paging-params.ts";
import type { TotalOf, TotalOption } from "./total-option.ts";
import type { AnyCallOptions } from "./transform.ts";

/** The requested page: what a client sends to a list with page numbers. */
export interface PageParams extends WithLinks {
	/** From 1, or from 0 where the pages say so by `firstPage`. */
	readonly page: number;
	readonly size: number;
}

/** The fields of a page except its items. */
export interface PageFields<Total extends number | null = number> {
	readonly total: Total;
	readonly page: number;
	readonly size: number;
	readonly pages: Total;
}

/** A page with a page number: `items, total, page, size, pages`. */
export type Page<Item, Total extends number | null = number> = Paged<
	PageFields<Total>,
	Item
>;

/** Pages with page numbers, as {@link pageOf} declares them. */
export type Pages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "exact",
	Shape extends PageShape = PlainShape,
> = OffsetPages<Schema, PageParams, PageFields<TotalOf<Total>>, Shape>;

/** Options of {@link pageOf} that other kinds of pages have not. */
export interface PageNumberOptions {
	/** The number of the first page. Default: 1. */
	readonly firstPage?: 0 | 1;
}

/**
 * Pages with page numbers: `page` (from 1, default 1) and `size` (1 to 100, default 50) in the query, `items, total, page, size, pages`
 * in the response. A page after the last one is empty. A page that would skip more than `maxOffset` items is a 422. The names are those
 * of fastapi-pagination's `Page`.
 *
 * @throws SetupError `VIV_OPTION` for invalid options
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
	const FieldNames extends Readonly<
		Partial<Record<"items" | "links" | keyof PageFields, string>>
	> = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
>(
	item: Schema,
	options: OffsetPagingOptions<
		"page" | "size",
		Total,
		"items" | "links" | keyof PageFields,
		FieldNames,
		Extra,
		Links,
		Flat
	> &
		PageNumberOptions = {},
): Pages<Schema, Total, ShapeOf<FieldNames, Extra, Links, Flat>> {
	const { paging, maxOffset, keys } = resolveOffsetPaging(
		"pageOf()",
		["page", "size"],
		options,
		pageRules,
	);
	const { firstPage = 1 } = options;
	const { total: option, nameOf } = paging;
	const [pageName, sizeName] = [nameOf("page"), nameOf("size")];
	const target = (page: number, size: number): LinkTarget | undefined =>
		(page - firstPage) * size > maxOffset
			? undefined
			: { [pageName]: page, [sizeName]: size };
	const shaper = pageShaper("pageOf()", "Page", item, options, {
		total: totalCount("Number of items", option),
		page: count("Number of this page", firstPage),
		size: sizeCount("How many items a page has at most", paging),
		pages: totalCount("Number of pages", option),
	});
	return {
		// biome-ignore lint/suspicious/noExplicitAny: the options are what the types say
		schema: shaper.schema as any,
		params: pageParams(paging, firstPage, maxOffset),
		async paginate(
			source: AnyOffsetSource<unknown>,
			params: PageParams,
			call: AnyCallOptions = {},
		) {
			const { page, size, ...rest } = checkedParams(
				source,
				params,
				{ page: firstPage, size: 1 },
				"({ offset, limit })",
			);
			const part = { offset: (page - firstPage) * size, limit: size, ...rest };
			const pages = { paging, keys, shaper, sizeName };
			return paginatePart(source, part, call, pages, (slice) => {
				const { total, rows, hasNext } = slice;
				if (rest.whole) {
					const count = total === null ? null : Math.min(rows.length, 1);
					const fields = { total, page, size: rows.length, pages: count };
					return { fields, targets: wholeTargets(pageName, sizeName) };
				}
				const count = total === null ? null : Math.ceil(total / size);
				const targets = {
					first: target(firstPage, size),
					self: target(page, size),
					prev: page > firstPage ? target(page - 1, size) : undefined,
					next: hasNext ? target(page + 1, size) : undefined,
					last: isExact(paging, total)
						? target(firstPage + Math.max(count ?? 1, 1) - 1, size)
						: undefined,
				};
				return { fields: { total, page, size, pages: count }, targets };
				// biome-ignore lint/suspicious/noExplicitAny: the overloads of the interface are what callers see
			}) as any;
		},
	};
}

function pageParams(
	paging: ResolvedPaging,
	firstPage: number,
	maxOffset: number,
): Dependency<PageParams> {
	const [pageName, sizeName] = [paging.nameOf("page"), paging.nameOf("size")];
	return pagingParams<PageParams>(
		{
			page: {
				kind: "integer",
				options: {
					description: "Page number",
					minimum: firstPage,
					default: firstPage,
				},
			},
			size: sizeField(paging, "Page size"),
		},
		paging,
		(values) => {
			const skipped =
				(Number(values[pageName]) - firstPage) * Number(values[sizeName]);
			return tooFar(pageName, skipped, maxOffset);
		},
		"size",
	);
}

const pageRules: OptionRules<AnyOffsetPagingOptions & PageNumberOptions> = {
	...offsetPagingRules,
	firstPage: (value) => (value === 0 || value === 1 ? undefined : "0 or 1"),
};
