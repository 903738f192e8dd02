import type { OrderByItemNode, SelectQueryNode } from "kysely";
import type { CompiledList } from "./null-place.ts";
import { referenceText, unaliased } from "./query-nodes.ts";
import type { AnySelect } from "./select-query.ts";
import {
	type ColumnNames,
	isSameColumn,
	type SortColumn,
	type SortDirection,
} from "./sort-order.ts";

/**
 * The order of a query, read from its tree, in the names that its plugins have made of those that its author wrote.
 *
 * @throws TypeError for an order by anything but columns
 */
export function orderOfQuery(
	builder: AnySelect,
	nullsOf: CompiledList["nullsOf"],
): readonly SortColumn[] {
	const query = builder.toOperationNode();
	return (query.orderBy?.items ?? []).map((item) =>
		columnOfItem(item as OrderByItemNode, query, nullsOf),
	);
}

/** @throws TypeError for a query that has no order of its own to go on from */
export function assertNoUnion(builder: AnySelect): void {
	if (builder.toOperationNode().setOperations !== undefined) {
		throw new TypeError(
			"a union can't be read by cursors: select from it, with an alias.",
		);
	}
}

/** The columns that a query is ordered by, among whatever else it is. */
export function sortedColumns(builder: AnySelect): readonly ColumnNames[] {
	const query = builder.toOperationNode();
	const items = (query.orderBy?.items ?? []) as readonly OrderByItemNode[];
	return items.flatMap(({ orderBy }) => {
		const reference = referenceText(orderBy);
		return reference === undefined ? [] : namesOf(reference, query);
	});
}

/** The columns of the key that a query's order, which may be of any kind, lacks, to be its last ones. */
export function missingKeys(
	builder: AnySelect,
	keys: readonly string[],
): readonly Pick<SortColumn, "reference" | "direction">[] {
	const query = builder.toOperationNode();
	const sorted = sortedColumns(builder);
	const last = query.orderBy?.items.at(-1) as OrderByItemNode | undefined;
	const direction = (last && directionOf(last)) ?? "asc";
	return keys
		.map((key) => namesOf(key, query))
		.filter((key) => !sorted.some((column) => isSameColumn(column, key)))
		.map(({ reference }) => ({ reference, direction }));
}

function columnOfItem(
	item: OrderByItemNode,
	query: SelectQueryNode,
	nullsOf: CompiledList["nullsOf"],
): SortColumn {
	const direction = directionOf(item);
	const reference = referenceText(item.orderBy);
	const isPlain = item.collation === undefined;
	if (reference === undefined || direction === undefined || !isPlain) {
		throw new TypeError(
			"a query that is read by cursors must be ordered by columns, ascending or descending: for an expression, select it as a column of a subquery.",
		);
	}
	if (isNameOfExpression(reference, query)) {
		throw new TypeError(
			`the query is ordered by "${reference}", an expression: to read it by cursors, select from it as a subquery.`,
		);
	}
	const places =
		item.nulls === undefined
			? nullsOf(direction)
			: { nulls: item.nulls, saysNulls: true };
	return { ...namesOf(reference, query), direction, ...places };
}

function isNameOfExpression(name: string, query: SelectQueryNode): boolean {
	return (query.selections ?? []).some(
		({ selection }) =>
			selection.kind === "AliasNode" &&
			unaliased(selection).alias === name &&
			referenceText(selection.node) === undefined,
	);
}

function directionOf({
	direction,
}: OrderByItemNode): SortDirection | undefined {
	if (direction === undefined) {
		return "asc";
	}
	const { sqlFragments } = direction as { sqlFragments?: readonly string[] };
	const text = sqlFragments?.join("").trim().toLowerCase();
	return text === "asc" || text === "desc" ? text : undefined;
}

/**
 * The names of a column of a query, `"id"` or `"note.id"`. Where the selection gives it another name, the order may use either: a row
 * knows the new one, a condition the old one.
 */
export function namesOf(
	reference: string,
	query: SelectQueryNode,
): ColumnNames {
	const property = reference.split(".").at(-1) ?? reference;
	for (const { selection } of query.selections ?? []) {
		if (selection.kind !== "AliasNode") {
			continue;
		}
		const { node, alias: name } = unaliased(selection);
		const original = referenceText(node);
		if (original === undefined || name === undefined) {
			continue;
		}
		if (name === reference || original === reference) {
			return { reference: original, property: name };
		}
	}
	return { reference, property };
}
