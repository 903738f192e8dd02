import { listDigest, type Position, type SortValue } from "./cursor.ts";
import { compareValues, conditionsBeyond } from "./keyset.ts";
import { isList, type PageSource } from "./page-source.ts";
import { namesOf, orderOfQuery } from "./query-order.ts";
import { type AnySelect, builderOf } from "./select-query.ts";
import {
	reversed,
	type SortColumn,
	type SortDirection,
	sortValues,
	totalOrder,
} from "./sort-order.ts";

/** What `paginate` may be told of the list. */
export interface ListOptions<Row> {
	/** The order of a list in memory, most significant first; a query has its own. Default: by the key alone. */
	readonly orderBy?: readonly (readonly [
		column: keyof Row & string,
		direction: SortDirection,
	])[];
	/**
	 * What the cursors are bound to instead of the query's tables and conditions: for a list in memory what it was filtered by, and for a
	 * query whose conditions change from request to request (`now()` as a value) what stays. Anything that JSON can hold. Default: the query's
	 * tables and conditions; of a list in memory nothing.
	 */
	readonly filters?: unknown;
}

/** {@link ListOptions} of a list of any rows. */
export type AnyListOptions = ListOptions<Readonly<Record<string, unknown>>>;

/** A list in an order, ready to be read from any position. */
export interface Window<Row> {
	readonly order: readonly SortColumn[];
	/** What cursors into the list are bound to. */
	readonly digest: string;
	/** The first rows in that order, or from a position on, at most `limit`. */
	read(
		order: readonly SortColumn[],
		position: Position | undefined,
		limit: number,
	): Promise<readonly Row[]>;
}

/** What was read from a position on. */
export interface WindowPage<Row> {
	readonly rows: readonly Row[];
	readonly hasBefore: boolean;
	readonly hasAfter: boolean;
}

/** @throws TypeError for a query that cursors can't be made for */
export function windowOf<Row>(
	source: PageSource<Row>,
	key: string,
	options: AnyListOptions,
): Window<Row> {
	return isList(source)
		? listWindow(source, key, options)
		: queryWindow(source, key, options);
}

/** Reads one row more than wanted: that one says that something follows. */
export async function readFrom<Row>(
	window: Window<Row>,
	position: Position | undefined,
	size: number,
): Promise<WindowPage<Row>> {
	const isBackwards = position?.direction === "before";
	const order = isBackwards ? reversed(window.order) : window.order;
	const found = await window.read(order, position, size + 1);
	const hasMore = found.length > size;
	const rows = hasMore ? found.slice(0, size) : [...found];
	const hasOther = await hasBehind(window, position);
	return isBackwards
		? { rows: rows.reverse(), hasBefore: hasMore, hasAfter: hasOther }
		: { rows, hasBefore: hasOther, hasAfter: hasMore };
}

/** Whether something lies on the other side of a position: the item at the position itself does, where it is not read. */
async function hasBehind(
	{ order, read }: Window<unknown>,
	position: Position | undefined,
): Promise<boolean> {
	if (position === undefined) {
		return false;
	}
	if (!position.isInclusive) {
		return true;
	}
	const behind = position.direction === "after" ? reversed(order) : order;
	const found = await read(behind, { ...position, isInclusive: false }, 1);
	return found.length > 0;
}

function queryWindow<Row>(
	source: PageSource<Row>,
	key: string,
	options: AnyListOptions,
): Window<Row> {
	const query = builderOf(source);
	if (options.orderBy !== undefined) {
		throw new TypeError(
			"orderBy is for lists in memory: give the query an order by its own orderBy().",
		);
	}
	const order = totalOrder(
		orderOfQuery(query),
		namesOf(key, query.toOperationNode()),
	);
	const unordered = query.clearOrderBy();
	return {
		order,
		get digest() {
			return listDigest(
				order,
				"filters" in options ? options.filters : conditionsOf(unordered),
			);
		},
		async read(direction, position, limit) {
			let page = unordered;
			for (const column of direction) {
				page = page.orderBy(column.reference, column.direction);
			}
			if (position === undefined) {
				return page.limit(limit).execute();
			}
			const rows: Row[] = [];
			for (const condition of conditionsBeyond(direction, position)) {
				const missing = limit - rows.length;
				if (missing > 0) {
					rows.push(...(await page.where(condition).limit(missing).execute()));
				}
			}
			return rows;
		},
	};
}

/** What a query selects by: all of it but its columns and its order. */
function conditionsOf(query: AnySelect): unknown {
	const { sql, parameters } = query.clearSelect().compile();
	return [sql, parameters];
}

function listWindow<Row>(
	list: readonly Row[],
	key: string,
	{ orderBy = [], filters = null }: AnyListOptions,
): Window<Row> {
	const order = totalOrder(
		orderBy.map(([column, direction]) => ({
			reference: column,
			property: column,
			direction,
		})),
		{ reference: key, property: key },
	);
	return {
		order,
		digest: listDigest(order, filters),
		async read(direction, position, limit) {
			const entries: [values: SortValue[], row: Row][] = list.map((row) => [
				sortValues(row, direction),
				row,
			]);
			return entries
				.filter(([values]) => isListed(values, position, direction))
				.sort(([left], [right]) => compareValues(left, right, direction))
				.slice(0, limit)
				.map(([, row]) => row);
		},
	};
}

function isListed(
	values: readonly SortValue[],
	position: Position | undefined,
	order: readonly SortColumn[],
): boolean {
	if (position === undefined) {
		return true;
	}
	const compared = compareValues(values, position.values, order);
	return compared > 0 || (compared === 0 && position.isInclusive);
}
