import type { OperationNode, SelectQueryNode } from "kysely";

interface Named {
	readonly name?: string;
}

/** `table.column` of a reference; `undefined` for any other expression. */
export function referenceText(node: OperationNode): string | undefined {
	if (node.kind !== "ReferenceNode") {
		return undefined;
	}
	const { column, table } = node as {
		readonly column?: { readonly column?: Named };
		readonly table?: TableLike;
	} & OperationNode;
	const name = column?.column?.name;
	return name && [...tablePath(table), name].join(".");
}

/** A table in a tree of Kysely's. */
export interface TableLike {
	readonly table?: { readonly schema?: Named; readonly identifier?: Named };
}

/** The names of a table: its own, and before it its schema's where the query says one. */
export function tablePath(table: TableLike | undefined): readonly string[] {
	const { schema, identifier } = table?.table ?? {};
	return [schema?.name, identifier?.name].filter((name) => name !== undefined);
}

/** An expression and the name that a query gives it; its own where it is a column or a table without another. */
export function unaliased(node: OperationNode): {
	readonly node: OperationNode;
	readonly alias: string | undefined;
} {
	if (node.kind !== "AliasNode") {
		return { node, alias: undefined };
	}
	const { node: inner, alias } = node as OperationNode & {
		readonly node: OperationNode;
		readonly alias: Named;
	};
	return { node: inner, alias: alias.name };
}

/** The qualifier of a table's columns in a query: its alias, or `s.note`; empty where it has no name. */
export function tableOf(from: OperationNode): string {
	const { node, alias } = unaliased(from);
	const path = node.kind === "TableNode" ? tablePath(node as TableLike) : [];
	return alias ?? path.join(".");
}

/** The last part of `note.id`, of `s.note`. */
export function lastName(path: string): string {
	return path.slice(path.lastIndexOf(".") + 1);
}

/** The table of `table.*`, an empty path for `*`; `undefined` for any other selection. */
export function allOf(node: OperationNode): readonly string[] | undefined {
	if (node.kind === "SelectAllNode") {
		return [];
	}
	const { column, table } = node as {
		readonly column?: OperationNode;
		readonly table?: TableLike;
	};
	return node.kind === "ReferenceNode" && column?.kind === "SelectAllNode"
		? tablePath(table)
		: undefined;
}

/** True where a query gives no row twice by itself, whatever its tables hold. */
export function isDistinct({
	frontModifiers,
	setOperations,
}: SelectQueryNode): boolean {
	return setOperations === undefined
		? frontModifiers?.some(({ modifier }) => modifier === "Distinct") === true
		: setOperations.every(({ all }) => !all);
}
