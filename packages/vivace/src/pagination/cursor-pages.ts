import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions } from "../errors/options.ts";
import { RequestValidationError } from "../errors/validation-error.ts";
import type { Dependency } from "../inject/dependency.ts";
import { BuiltInSchema } from "../schema/library/built-in/built-in-schema.ts";
import { valueError } from "../schema/words/text-errors.ts";
import type { Position } from "./cursor.ts";
import { type CursorCodec, CursorError } from "./cursor.ts";
import {
	type CursorPageFields,
	type CursorPagingOptions,
	resolveCursorPaging,
} from "./cursor-options.ts";
import type {
	AnyCursorSource,
	CursorSource,
	SourceOrder,
} from "./cursor-source.ts";
import { assertCounted, totalOf } from "./list-slice.ts";
import type { LinkForm, LinkTarget } from "./page-links.ts";
import { type ItemOf, type Paged, totalCount } from "./page-schema.ts";
import type {
	CallArguments,
	ExtraFields,
	ExtraOption,
	PageSchema,
	PageShape,
	PlainShape,
	Shaped,
	ShapeOf,
} from "./page-shape.ts";
import { pageShaper } from "./page-shaper.ts";
import { checkedParams, type PageSource } from "./page-source.ts";
import type { ResolvedPaging } from "./paging-options.ts";
import { pagingParams, sizeField, type WithLinks } from "./paging-params.ts";
import { readFrom, windowOf } from "./read-window.ts";
import type { TotalOf, TotalOption } from "./total-option.ts";
import {
	type AnyCallOptions,
	type CountOptions,
	callRules,
	type TransformOptions,
	toItems,
} from "./transform.ts";
import { tooLong } from "./unpaged.ts";
import {
	type AnyListOptions,
	type ListOptions,
	listRules,
	type Window,
	type WindowPage,
} from "./window.ts";

/** Which page is wanted: what a client sends to a list with cursors. */
export interface CursorParams extends WithLinks {
	/** Null, or the empty text, for the first page. */
	readonly cursor: string | null;
	readonly size: number;
}

/** A page by cursors: `items, total, current_page, current_page_backwards, previous_page, next_page`. */
export type CursorPage<Item, Total extends number | null = null> = Paged<
	CursorPageFields<Total>,
	Item
>;

/** Pages by cursors, as {@link cursorPageOf} declares them. */
export interface CursorPages<
	Schema extends StandardSchemaV1,
	Total extends TotalOption = "none",
	Shape extends PageShape = PlainShape,
	Key extends string = string,
> {
	/** For `response`: the page around the items' own schema, and its name in the document. */
	readonly schema: PageSchema<Schema, CursorPageFields<TotalOf<Total>>, Shape>;
	/** For the record of parameters: reads and checks what the client sent; all that is wrong is a 422. */
	readonly params: Dependency<CursorParams>;
	/**
	 * Reads the page that a cursor leads to, of a query in the order that it has, or of a list by `orderBy`. It costs the same anywhere in
	 * the list, if an index has the columns that the query selects by, and then those of its order.
	 *
	 * The query may be ordered by columns of any number and direction. Null has the place that its database gives it: less than any value in
	 * SQLite, MySQL and MariaDB, more than any in PostgreSQL. It must have no limit.
	 *
	 * Any other source is a function `({ order, where, limit }) => rows`, see {@link CursorPart}, with its order by `orderBy`, and a `total`, if the pages have one.
	 *
	 * @throws RequestValidationError (422) for a cursor that is damaged, forged, or made for other filters or another order
	 * @throws TypeError for a query that has a limit, is ordered by an expression or does not select what it is ordered by, and for an order in
	 *   which rows would be lost: where two rows have the same key, or a column is sorted otherwise than compared
	 */
	paginate<Row extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: CursorParams,
		...options: CallArguments<Shape, ListOptions<Row> & CountOptions>
	): Promise<Shaped<CursorPageFields<TotalOf<Total>>, Row, Shape>>;
	paginate<Row, Item extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: CursorParams,
		options: TransformOptions<Row, Item> &
			ListOptions<Row> &
			CountOptions &
			ExtraOption<Shape>,
	): Promise<Shaped<CursorPageFields<TotalOf<Total>>, Item, Shape>>;
	// first, since a lambda of one that is tried in vain has its parameters from that
	paginate<
		Row,
		Item extends ItemOf<Schema>,
		const Order extends SourceOrder = readonly [],
	>(
		source: CursorSource<Row, Order, Key>,
		params: CursorParams,
		options: TransformOptions<Row, Item> &
			SourceOptions<Order> &
			CountOptions &
			ExtraOption<Shape>,
	): Promise<Shaped<CursorPageFields<TotalOf<Total>>, Item, Shape>>;
	paginate<
		Row extends ItemOf<Schema>,
		const Order extends SourceOrder = readonly [],
	>(
		source: CursorSource<Row, Order, Key>,
		params: CursorParams,
		...options: CallArguments<Shape, SourceOptions<Order> & CountOptions>
	): Promise<Shaped<CursorPageFields<TotalOf<Total>>, Row, Shape>>;
}

/** Options of `paginate` about the list of a source of one's own. */
export interface SourceOptions<Order extends SourceOrder>
	extends Pick<ListOptions<never>, "filters"> {
	/** The order of the list, most significant first, `[["due", "desc", "nulls last"]]`: a column that may be null says where null stands. Default: by the key alone. */
	readonly orderBy?: Order;
}

/**
 * Pages by cursors: `cursor` (absent for the first page) and `size` (1 to 100, default 50) in the query, `items, total, current_page,
 * current_page_backwards, previous_page, next_page` in the answer. Nothing comes twice or is left out when items are added or deleted
 * meanwhile, and a page deep inside costs what the first one costs.
 *
 * A cursor is opaque and bound to the list's filters and order: with others it is a 422. The names are those of fastapi-pagination's
 * `CursorPage`.
 *
 * @throws SetupError `VIV_OPTION` for options that make no sense
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { database } from "vivace/database";
 * import { cursorPageOf } from "vivace/pagination";
 * import { z } from "zod";
 *
 * interface Tables {
 *   note: { id: number; text: string; entry_time: Date };
 * }
 * const notes = database<Tables>("sqlite:data/notes.db");
 *
 * const Note = z.object({ id: z.int(), text: z.string(), entry_time: z.date() }).meta({ id: "Note" });
 * const pages = cursorPageOf(Note, { key: "id" });
 *
 * const app = new App();
 * app.get({ path: "/notes", response: pages.schema }, { paging: pages.params, notes }, ({ paging, notes: { db } }) =>
 *   pages.paginate(db.selectFrom("note").selectAll().orderBy("entry_time", "desc"), paging),
 * );
 * ```
 */
export function cursorPageOf<
	Schema extends StandardSchemaV1,
	const Total extends TotalOption = "none",
	const FieldNames extends Readonly<
		Partial<Record<"items" | "links" | keyof CursorPageFields, string>>
	> = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
	const Key extends string | readonly [string, ...string[]] = string,
>(
	item: Schema,
	options: CursorPagingOptions<Total, FieldNames, Extra, Links, Flat, Key>,
): CursorPages<
	Schema,
	Total,
	ShapeOf<FieldNames, Extra, Links, Flat>,
	Key extends readonly string[] ? Key[number] : Key & string
> {
	const { paging, key, codec } = resolveCursorPaging(options);
	const option = paging.total;
	const cursorName = paging.nameOf("cursor");
	const sizeName = paging.nameOf("size");
	const target = (cursor: string | null, size: number | null): LinkTarget => ({
		[cursorName]: cursor,
		[sizeName]: size,
	});
	const shaper = pageShaper(
		"cursorPageOf()",
		"CursorPage",
		item,
		{ ...options, total: option },
		fieldsOf(option),
	);
	return {
		// biome-ignore lint/suspicious/noExplicitAny: the options are what the types say
		schema: shaper.schema as any,
		params: cursorParams(paging),
		async paginate(
			source: PageSource<unknown> | AnyCursorSource,
			params: CursorParams,
			call: AnyCallOptions & AnyListOptions = {},
		) {
			assertOptions("paginate()", call, { ...callRules, ...listRules });
			const { cursor, size, links, whole } = checkedParams(
				source,
				params,
				least,
				"({ order, where, limit })",
			);
			assertCounted(source, option, call.total);
			const isFirst = cursor === null || cursor === "";
			const window = await windowOf(source, key, call, isFirst);
			const { position, ...read } = await asProblem(
				cursorName,
				cursor,
				async () => {
					const position = positionOf(cursor, codec, window);
					return { position, ...(await readFrom(window, position, size)) };
				},
			);
			if (whole && read.hasAfter) {
				throw tooLong(sizeName, size);
			}
			const cursors = cursorsOf(read, position, codec, window.digest);
			const targets = {
				first: target(null, whole ? null : size),
				self: target(cursor, whole ? null : size),
				prev: cursors.previous_page
					? target(cursors.previous_page, size)
					: undefined,
				next: cursors.next_page ? target(cursors.next_page, size) : undefined,
			};
			const isWhole = position === undefined && !read.hasAfter;
			const total = await totalOf(
				source,
				option,
				isWhole ? read.rows.length : undefined,
				call.total,
			);
			const items = await toItems(read.rows, call);
			const fields = { total, ...cursors };
			const { extra } = call;
			// biome-ignore lint/suspicious/noExplicitAny: the overloads of the interface are what callers see
			return shaper.answer({ items, fields, targets, extra }, links) as any;
		},
	};
}

function cursorParams(paging: ResolvedPaging): Dependency<CursorParams> {
	const fields = { cursor: cursorParam, size: sizeField(paging, "Page size") };
	return pagingParams<CursorParams>(fields, paging, undefined, "size");
}

function fieldsOf(option: TotalOption): Record<string, StandardSchemaV1> {
	return {
		total: totalCount("Number of items", option),
		current_page: cursorField("Cursor that gives this page again"),
		current_page_backwards: cursorField(
			"Cursor that gives this page again, counted from its last item",
		),
		previous_page: cursorField("Cursor for the previous page"),
		next_page: cursorField("Cursor for the next page"),
	};
}
const least = { size: 1 };

const cursorParam = {
	kind: "text",
	options: {
		description: "Cursor of a page, as another page gives it",
		isNullable: true,
		default: null,
	},
} as const;

function cursorField(description: string): BuiltInSchema<string | null> {
	return new BuiltInSchema({
		kind: "text",
		options: { description, isNullable: true },
	});
}

/** Makes an error of a cursor the client's 422. */
async function asProblem<Value>(
	name: string,
	input: string | null,
	work: () => Promise<Value>,
): Promise<Value> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof CursorError)) {
			throw error;
		}
		const { type, msg, ctx = {} } = valueError(error.message);
		throw new RequestValidationError([
			{ type, loc: ["query", name], msg, input, ctx },
		]);
	}
}

function positionOf(
	cursor: string | null,
	codec: CursorCodec,
	window: Window<unknown>,
): Position | undefined {
	if (cursor === null || cursor === "") {
		return undefined;
	}
	const position = codec.decode(cursor, window.digest);
	if (position.values.length === window.order.length) {
		return position;
	}
	throw new CursorError("the cursor is damaged; begin without a cursor");
}

/** The cursors of what was read; those of an empty page lead back to where it would have been. */
function cursorsOf(
	{ values: ends, hasBefore, hasAfter }: Omit<WindowPage<unknown>, "rows">,
	position: Position | undefined,
	codec: CursorCodec,
	digest: string,
): Omit<CursorPageFields, "total"> {
	const cursorTo = (
		values: Position["values"] | undefined,
		direction: Position["direction"],
		isInclusive: boolean,
	): string | null =>
		values === undefined
			? null
			: codec.encode({ direction, isInclusive, values }, digest);
	const first = ends[0];
	const last = ends.at(-1);
	const isTurn = first === undefined && position?.isInclusive === false;
	return {
		current_page: cursorTo(first, "after", true),
		current_page_backwards: cursorTo(last, "before", true),
		previous_page: hasBefore
			? cursorTo(first ?? position?.values, "before", isTurn)
			: null,
		next_page: hasAfter
			? cursorTo(last ?? position?.values, "after", isTurn)
			: null,
	};
}
