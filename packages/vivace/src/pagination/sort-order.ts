import type {
	AliasNode,
	OperationNode,
	OrderByItemNode,
	SelectQueryNode,
} from "kysely";
import type { SortValue } from "./cursor.ts";
import type { AnySelect } from "./select-query.ts";

/** `"asc"` has null first and `"desc"` last, as SQLite and MySQL have them. */
export type SortDirection = "asc" | "desc";

/** A column that a list is sorted by. */
export interface SortColumn {
	/** What it is called in the query: `note.entry_time`. */
	readonly reference: string;
	/** What it is called in a row: `entry_time`. */
	readonly property: string;
	readonly direction: SortDirection;
}

/** A column's names, of {@link SortColumn}. */
export type ColumnNames = Pick<SortColumn, "reference" | "property">;

/**
 * The order with the key as its last column, in the direction of the one before it, so that an index serves both; as it is up to the key
 * where it has it.
 *
 * @param key a unique column
 */
export function totalOrder(
	order: readonly SortColumn[],
	key: ColumnNames,
): readonly SortColumn[] {
	const position = order.findIndex(
		({ property, reference }) =>
			isSameName(property, key.property) || reference === key.reference,
	);
	if (position !== -1) return order.slice(0, position + 1);
	return [...order, { ...key, direction: order.at(-1)?.direction ?? "asc" }];
}

/** The order from its other end. */
export function reversed(order: readonly SortColumn[]): readonly SortColumn[] {
	return order.map((column) => ({
		...column,
		direction: column.direction === "asc" ? "desc" : "asc",
	}));
}

/**
 * The values by which a row has its place in the order.
 *
 * @throws TypeError for a column that the row does not have, or a value that can't be sorted by
 */
export function sortValues(
	row: unknown,
	order: readonly SortColumn[],
): SortValue[] {
	return order.map(({ reference, property }, index) => {
		const value = fieldOf(row as Readonly<Record<string, unknown>>, property);
		const isKey = index === order.length - 1;
		if (isSortValue(value) && !(isKey && value === null)) return value;
		throw new TypeError(
			value === undefined
				? `the list is sorted by "${reference}", but its rows have no "${property}": select it.`
				: `a cursor can't hold ${describe(value)} of "${reference}": sort by numbers, texts, booleans or dates, and use a key that is never null.`,
		);
	});
}

/** A row's field by its column: `CamelCasePlugin` gives the query one name, and the row the other. */
function fieldOf(
	row: Readonly<Record<string, unknown>>,
	property: string,
): unknown {
	if (Object.hasOwn(row, property)) return row[property];
	const name = Object.keys(row).find((key) => isSameName(key, property));
	return name === undefined ? undefined : row[name];
}

/** Whether two names are one in snake case and in camel case. */
function isSameName(left: string, right: string): boolean {
	return left === right || plainName(left) === plainName(right);
}

function plainName(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

function isSortValue(value: unknown): value is SortValue {
	switch (typeof value) {
		case "string":
		case "bigint":
		case "boolean":
			return true;
		case "number":
			return Number.isFinite(value);
		default:
			return (
				value === null ||
				(value instanceof Date && !Number.isNaN(value.getTime()))
			);
	}
}

function describe(value: unknown): string {
	return typeof value === "object"
		? (value?.constructor?.name ?? "null")
		: String(value);
}

/**
 * The order of a query, read from its tree, in the names that its plugins have made of those that its author wrote.
 *
 * @throws TypeError for an order by anything but columns
 */
export function orderOfQuery(builder: AnySelect): readonly SortColumn[] {
	const query = builder.toOperationNode();
	if (query.setOperations !== undefined)
		throw new TypeError(
			"a union can't be read by cursors: select from it, with an alias.",
		);
	return (query.orderBy?.items ?? []).map((item) =>
		columnOfItem(item as OrderByItemNode, query),
	);
}

/** The key as the last column of a query's order, which may be of any kind; `undefined` where it has it. */
export function missingKey(
	builder: AnySelect,
	key: string,
): SortColumn | undefined {
	const query = builder.toOperationNode();
	const items = (query.orderBy?.items ?? []) as readonly OrderByItemNode[];
	const names = namesOf(key, query);
	const isThere = items.some(({ orderBy }) => {
		const reference = referenceText(orderBy);
		return (
			reference !== undefined &&
			isSameName(namesOf(reference, query).property, names.property)
		);
	});
	const last = items.at(-1);
	const direction = (last && directionOf(last)) ?? "asc";
	return isThere ? undefined : { ...names, direction };
}

function columnOfItem(
	item: OrderByItemNode,
	query: SelectQueryNode,
): SortColumn {
	const direction = directionOf(item);
	const reference = referenceText(item.orderBy);
	const isPlain = item.nulls === undefined && item.collation === undefined;
	if (reference === undefined || direction === undefined || !isPlain)
		throw new TypeError(
			"a query that is read by cursors must be ordered by columns, ascending or descending: for an expression, select it as a column of a subquery.",
		);
	if (isNameOfExpression(reference, query))
		throw new TypeError(
			`the query is ordered by "${reference}", an expression: to read it by cursors, select from it as a subquery.`,
		);
	return { ...namesOf(reference, query), direction };
}

function isNameOfExpression(name: string, query: SelectQueryNode): boolean {
	return (query.selections ?? []).some(
		({ selection }) =>
			selection.kind === "AliasNode" &&
			aliasText(selection) === name &&
			referenceText(selection.node) === undefined,
	);
}

function aliasText({ alias }: AliasNode): string | undefined {
	return (alias as Named).name;
}

function directionOf({
	direction,
}: OrderByItemNode): SortDirection | undefined {
	if (direction === undefined) return "asc";
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
		if (selection.kind !== "AliasNode") continue;
		const name = aliasText(selection);
		const original = referenceText(selection.node);
		if (original === undefined || name === undefined) continue;
		if (name === reference || original === reference)
			return { reference: original, property: name };
	}
	return { reference, property };
}

interface Named {
	readonly name?: string;
}

/** `table.column` of a reference; `undefined` for any other expression. */
function referenceText(node: OperationNode): string | undefined {
	if (node.kind !== "ReferenceNode") return undefined;
	const { column, table } = node as {
		readonly column?: { readonly column?: Named };
		readonly table?: {
			readonly table?: { readonly schema?: Named; readonly identifier?: Named };
		};
	} & OperationNode;
	const { schema, identifier } = table?.table ?? {};
	const names = [schema?.name, identifier?.name, column?.column?.name];
	return column?.column?.name && names.filter(Boolean).join(".");
}
