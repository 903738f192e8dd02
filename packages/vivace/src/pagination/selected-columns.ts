import type { SelectQueryNode } from "kysely";
import {
	allOf,
	isDistinct,
	lastName,
	referenceText,
	unaliased,
} from "./query-nodes.ts";
import type { AnySelect } from "./select-query.ts";
import { type ColumnNames, isSameName, type SortColumn } from "./sort-order.ts";

/** An order, each of whose columns a query's rows have under its name. */
export interface SelectedOrder {
	readonly order: readonly SortColumn[];
	/** Those that the query does not select itself: selected for the order alone, and not the program's. */
	readonly hidden: readonly ColumnNames[];
}

/**
 * Gives names of their own to what rows lack: columns that were put behind the order without the program's doing, and columns of a join whose
 * tables are selected whole, where of two columns with one name a row has the last.
 *
 * @param isAppended true for a column that the program has not named
 */
export function selectedOrder(
	query: SelectQueryNode,
	order: readonly SortColumn[],
	isAppended: (column: SortColumn) => boolean,
): SelectedOrder {
	if (isDistinct(query)) {
		return { order, hidden: [] }; // it has all of them, and one more would make doubles of none
	}
	const hidden: ColumnNames[] = [];
	const named = order.map((column) => {
		if (!isLacking(query, column, isAppended(column))) {
			return column;
		}
		const property = `vivacekey${String.fromCharCode(97 + hidden.length)}`;
		hidden.push({ reference: column.reference, property });
		return { ...column, property };
	});
	return { order: named, hidden };
}

function isLacking(
	query: SelectQueryNode,
	{ reference, property }: SortColumn,
	isAppended: boolean,
): boolean {
	const selected = (query.selections ?? []).map(({ selection }) =>
		unaliased(selection),
	);
	const isNamed = selected.some(({ node, alias }) => {
		const text = referenceText(node);
		return (
			text !== undefined &&
			isSameName(text, reference) &&
			isSameName(alias ?? lastName(text), property)
		);
	});
	if (isNamed) {
		return false;
	}
	const isOnly = query.from?.froms.length === 1 && query.joins === undefined;
	const whole = selected.map(({ node }) => allOf(node));
	const hasAll = whole.some((path) => path !== undefined);
	if (isOnly || !reference.includes(".")) {
		return isAppended && !hasAll;
	}
	const [only, ...others] = whole;
	const table = reference.slice(0, -lastName(reference).length - 1);
	const isOnlyThat =
		others.length === 0 && isSameName(only?.at(-1) ?? "", lastName(table));
	return !isOnlyThat && (hasAll || isAppended);
}

/** The query with the hidden columns. */
export function withHidden(
	query: AnySelect,
	hidden: readonly ColumnNames[],
): AnySelect {
	return hidden.reduce(
		(selected, { reference, property }) =>
			selected.select(`${reference} as ${property}`),
		query,
	);
}

/** The rows as the program's own query gives them. */
export function withoutHidden(
	rows: readonly unknown[],
	hidden: readonly ColumnNames[],
): readonly unknown[] {
	const [row] = rows;
	if (hidden.length === 0 || row === undefined) {
		return rows;
	}
	const names = new Set(
		Object.keys(row as object).filter((name) =>
			hidden.some(({ property }) => isSameName(name, property)),
		),
	);
	return rows.map((each) =>
		Object.fromEntries(
			Object.entries(each as object).filter(([name]) => !names.has(name)),
		),
	);
}
