import { assertArgument, told } from "../errors/options.ts";
import type { AnyCursorSource } from "./cursor-source.ts";
import { compileList } from "./null-place.ts";
import {
	type AnyOffsetSource,
	isList,
	type ListPart,
	type OffsetSource,
} from "./page-source.ts";
import { missingKeys, namesOf, sortedColumns } from "./query-order.ts";
import { rowKeyOf } from "./row-key.ts";
import { type AnySelect, builderOf, countRows } from "./select-query.ts";
import type { TotalOption } from "./total-option.ts";
import { type CountOptions, isCount } from "./transform.ts";
import { uniqueKeys } from "./unique-keys.ts";
import { tooLong } from "./unpaged.ts";

/** Which part of a list is wanted. */
export interface SliceRequest {
	readonly offset: number;
	readonly limit: number;
	readonly total: TotalOption;
	/** Appended to a query's order that lacks it. */
	readonly keys: readonly string[];
	/** True when it must be known that something follows. */
	readonly asksNext: boolean;
	/** The name of the parameter to ask for less by, where the whole list is wanted. */
	readonly whole: string | undefined;
	readonly count: CountOptions["total"];
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
	source: AnyOffsetSource<Row>,
	request: SliceRequest,
): Promise<Slice<Row>> {
	const { offset, limit, total, whole, count } = request;
	assertCounted(source, total, count);
	const isAsked = request.asksNext && total !== "exact"; // the total tells, if it is exact
	const extra = isAsked || whole !== undefined ? 1 : 0;
	const found = await readRows(source, request, limit + extra);
	if (whole !== undefined && found.length > limit) {
		throw tooLong(whole, limit);
	}
	const rows = found.length > limit ? found.slice(0, limit) : found;
	const isLast =
		found.length < limit + extra && (rows.length > 0 || offset === 0);
	const counted = await totalOf(
		source,
		total,
		isLast ? offset + rows.length : undefined,
		count,
	);
	const hasNext =
		total === "exact"
			? offset + rows.length < (counted ?? 0)
			: found.length > limit;
	return { rows, total: counted, hasNext: request.asksNext && hasNext };
}

/** @throws SetupError `VIV_OPTION` where nothing counts the items of a source that is a function */
export function assertCounted(
	source: unknown,
	option: TotalOption,
	count: CountOptions["total"],
): void {
	if (typeof source !== "function" || option === "none") {
		return;
	}
	assertArgument("paginate()", "total", count, (value) =>
		value === undefined
			? 'given for a source that is a function: a number or a function that counts, or the pages be declared with total: "none"'
			: undefined,
	);
}

/**
 * How long a list is, as the option has it.
 *
 * @param known the length, where it is known already
 * @param own the program's count
 * @throws TypeError for a count that is no whole number
 */
export async function totalOf(
	source: AnyOffsetSource<unknown> | AnyCursorSource,
	option: TotalOption,
	known?: number,
	own?: CountOptions["total"],
): Promise<number | null> {
	if (option === "none") {
		return null;
	}
	const cap = option === "exact" ? undefined : option.cappedAt;
	const total = await countOf(source, cap, known, own);
	return cap === undefined ? total : Math.min(total, cap);
}

async function countOf(
	source: AnyOffsetSource<unknown> | AnyCursorSource,
	cap: number | undefined,
	known: number | undefined,
	own: CountOptions["total"],
): Promise<number> {
	if (own !== undefined && typeof own !== "function") {
		return wholeNumber(own);
	}
	if (known !== undefined) {
		return known;
	}
	if (own !== undefined) {
		return wholeNumber(await own());
	}
	if (typeof source === "function") {
		throw new TypeError("a source that is a function needs a total.");
	}
	return isList(source) ? source.length : countRows(builderOf(source), cap);
}

function wholeNumber(count: unknown): number {
	if (isCount(count)) {
		return Number(count);
	}
	throw new TypeError(
		`paginate(): total must be a whole number that is not negative, got ${told(count)}: a count that a driver gives as a text is made one by Number().`,
	);
}

async function readOwn<Row>(
	source: OffsetSource<Row>,
	part: ListPart,
): Promise<readonly Row[]> {
	const rows = await source(part);
	if (!Array.isArray(rows) || rows.length > part.limit) {
		throw new TypeError(
			`paginate(): the source must give a list of at most ${part.limit} rows, as it was asked for by limit, got ${Array.isArray(rows) ? rows.length : told(rows)}.`,
		);
	}
	return rows;
}

async function readRows<Row>(
	source: AnyOffsetSource<Row>,
	{ offset, keys }: SliceRequest,
	limit: number,
): Promise<readonly Row[]> {
	if (typeof source === "function") {
		return readOwn(source, { offset, limit });
	}
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
