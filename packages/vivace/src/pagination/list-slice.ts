import { compileList } from "./null-place.ts";
import { isList, type PageSource } from "./page-source.ts";
import { missingKeys, namesOf, sortedColumns } from "./query-order.ts";
import { rowKeyOf } from "./row-key.ts";
import { type AnySelect, builderOf, countRows } from "./select-query.ts";
import type { TotalOption } from "./total-option.ts";
import { uniqueKeys } from "./unique-keys.ts";

/** Which part of a list is wanted. */
export interface SliceRequest {
	readonly offset: number;
	readonly limit: number;
	readonly total: TotalOption;
	/** Appended to a query's order that lacks it. */
	readonly keys: readonly string[];
	/** True when it must be known that something follows. */
	readonly asksNext: boolean;
}

/** A part of a list. */
export interface Slice<Row> {
	readonly rows: readonly Row[];
	/** Null where it was not asked for. */
	readonly total: number | null;
	/** True when something follows; false where it was not asked for. */
	readonly hasNext: boolean;
}

/** Reads a part of a list, and counts the list where the part itself does not tell. */
export async function readSlice<Row>(
	source: PageSource<Row>,
	request: SliceRequest,
): Promise<Slice<Row>> {
	const { offset, limit, total } = request;
	// the total tells, if it is exact
	const extra = request.asksNext && total !== "exact" ? 1 : 0;
	const found = await readRows(source, request, limit + extra);
	const rows = found.length > limit ? found.slice(0, limit) : found;
	const isLast =
		found.length < limit + extra && (rows.length > 0 || offset === 0);
	const counted = await totalOf(
		source,
		total,
		isLast ? offset + rows.length : undefined,
	);
	const hasNext =
		total === "exact"
			? offset + rows.length < (counted ?? 0)
			: found.length > limit;
	return { rows, total: counted, hasNext: request.asksNext && hasNext };
}

/**
 * How long a list is, as the option has it.
 *
 * @param known the length, where it is known already
 */
export async function totalOf(
	source: PageSource<unknown>,
	option: TotalOption,
	known?: number,
): Promise<number | null> {
	if (option === "none") {
		return null;
	}
	const cap = option === "exact" ? undefined : option.cappedAt;
	const total =
		known ??
		(isList(source) ? source.length : await countRows(builderOf(source), cap));
	return cap === undefined ? total : Math.min(total, cap);
}

async function readRows<Row>(
	source: PageSource<Row>,
	{ offset, keys }: SliceRequest,
	limit: number,
): Promise<readonly Row[]> {
	if (isList(source)) {
		return source.slice(offset, offset + limit);
	}
	const ordered = inOrderOf(builderOf(source), keys);
	const query = await completed(ordered, keys, offset === 0);
	const page = query.limit(limit);
	return (offset > 0 ? page.offset(offset) : page).execute();
}

/**
 * Puts the keys of a query's tables behind an order that they don't show to be total, as cursor pages do: rows with the same place may come in
 * another order at each page.
 */
async function completed(
	query: AnySelect,
	keys: readonly string[],
	isFirst: boolean,
): Promise<AnySelect> {
	const [key] = keys;
	if (key === undefined) {
		return query;
	}
	const node = query.toOperationNode();
	const { reference } = namesOf(key, node);
	const unordered = query.clearOrderBy();
	const database = compileList(unordered, reference);
	const rowKey = await rowKeyOf(
		node,
		sortedColumns(query).map((column) => column.reference),
		uniqueKeys(unordered, database, keys, isFirst),
	);
	return inOrderOf(query, rowKey?.map((column) => column.reference) ?? []);
}

function inOrderOf(query: AnySelect, keys: readonly string[]): AnySelect {
	let total = query;
	for (const { reference, direction } of missingKeys(query, keys)) {
		total = total.orderBy(reference, direction);
	}
	return total;
}
