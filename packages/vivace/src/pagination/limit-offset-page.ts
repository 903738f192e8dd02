import type { StandardSchemaV1 } from "@standard-schema/spec";
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
import type { OffsetPagingOptions } from "./paging-options.ts";
import {
	pagingParams,
	sizeCount,
	sizeField,
	type WithLinks,
} from "./paging-params.ts";
import type { TotalOf, TotalOption } from "./total-option.ts";
import type { AnyCallOptions } from "./transform.ts";

/** The requested items: what a client sends to a list with limit and offset. */
export interface LimitOffsetParams extends WithLinks {
	readonly limit: number;
	/** How many items to skip. */
	readonly offset: number;
}

/** The fields of a part of a list except its items. */
export interface LimitOffsetFields<Total extends number | null = number> {
	readonly total: Total;
	readonly limit: number;
	readonly offset: number;
}

/** A page with limit and offset: `items, total, limit, offset`. */
export type LimitOffsetPage<Item, Total extends number | null = number> = Paged<
	LimitOffsetFields<Total>,
	Item
>;

/** Pages with limit and offset, as {@link limitOffsetPageOf} declares them. */
export type LimitOffsetPages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "exact",
	Shape extends PageShape = PlainShape,
> = OffsetPages<
	Schema,
	LimitOffsetParams,
	LimitOffsetFields<TotalOf<Total>>,
	Shape
>;

/**
 * Pages with limit and offset: `limit` (1 to 100, default 50) and `offset` (from 0, default 0) in the query,
 * `items, total, limit, offset` in the response. Options as for {@link pageOf}; the names are those of fastapi-pagination's
 * `LimitOffsetPage`.
 *
 * @throws SetupError `VIV_OPTION` for invalid options
 */
export function limitOffsetPageOf<
	Schema extends StandardSchemaV1,
	const Total extends TotalOption = "exact",
	const FieldNames extends Readonly<
		Partial<Record<"items" | "links" | keyof LimitOffsetFields, string>>
	> = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
>(
	item: Schema,
	options: OffsetPagingOptions<
		"limit" | "offset",
		Total,
		"items" | "links" | keyof LimitOffsetFields,
		FieldNames,
		Extra,
		Links,
		Flat
	> = {},
): LimitOffsetPages<Schema, Total, ShapeOf<FieldNames, Extra, Links, Flat>> {
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
	const shaper = pageShaper(
		"limitOffsetPageOf()",
		"LimitOffsetPage",
		item,
		options,
		{
			total: totalCount("Number of items", option),
			limit: sizeCount("How many items were asked for at most", paging),
			offset: count("How many items were skipped"),
		},
	);
	return {
		// biome-ignore lint/suspicious/noExplicitAny: the options are what the types say
		schema: shaper.schema as any,
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
			"limit",
		),
		async paginate(
			source: AnyOffsetSource<unknown>,
			params: LimitOffsetParams,
			call: AnyCallOptions = {},
		) {
			const part = checkedParams(source, params, least, "({ offset, limit })");
			const { limit, offset } = part;
			const pages = { paging, keys, shaper, sizeName: limitName };
			return paginatePart(source, part, call, pages, (slice) => {
				const { total, rows, hasNext } = slice;
				if (part.whole) {
					const fields = { total, limit: rows.length, offset };
					return { fields, targets: wholeTargets(limitName, offsetName) };
				}
				const targets = {
					first: target(0, limit),
					self: target(offset, limit),
					prev: offset > 0 ? target(offset - limit, limit) : undefined,
					next: hasNext ? target(offset + limit, limit) : undefined,
					last: isExact(paging, total)
						? target(lastOffset(total, offset, limit), limit)
						: undefined,
				};
				return { fields: { total, limit, offset }, targets };
				// biome-ignore lint/suspicious/noExplicitAny: the overloads of the interface are what callers see
			}) as any;
		},
	};
}

const least = { limit: 1, offset: 0 };

/** Where the last page begins, in steps of `limit` from where this one does. */
function lastOffset(total: number, offset: number, limit: number): number {
	const start = offset % limit;
	return start + Math.max(Math.ceil((total - start) / limit) - 1, 0) * limit;
}
