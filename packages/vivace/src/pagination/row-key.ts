import type { JoinNode, OperationNode, SelectQueryNode } from "kysely";
import { equalColumns } from "./equal-columns.ts";
import {
	allOf,
	isDistinct,
	lastName,
	referenceText,
	type TableLike,
	tableOf,
	tablePath,
	unaliased,
} from "./query-nodes.ts";
import { isSameName } from "./sort-order.ts";
import type { KeyColumn, KeysOfTable, UniqueKey } from "./unique-keys.ts";

/** A column of a query that tells its rows apart, together with others. */
export interface RowKeyColumn extends Omit<KeyColumn, "name"> {
	/** `note.id`, or `id` where the query has one table. */
	readonly reference: string;
}

/**
 * Columns that no two rows of a query share, as its tables' keys show it; undefined where they don't: a view, raw SQL, a table without a key.
 *
 * Rows of a join are told apart by a key of each of its tables, but for those that are joined by a key of theirs, which add no rows. Rows
 * of groups are by the columns of the groups, and rows without doubles by all their columns.
 *
 * @param sorted columns that the rows are sorted by in any case: a key among them is taken before the primary key
 */
export async function rowKeyOf(
	query: SelectQueryNode,
	sorted: readonly string[],
	keysOf: KeysOfTable,
): Promise<readonly RowKeyColumn[] | undefined> {
	if (query.distinctOn !== undefined) {
		return undefined;
	}
	if (isDistinct(query)) {
		return allTogether((query.selections ?? []).map((each) => each.selection));
	}
	if (query.setOperations !== undefined) {
		return undefined;
	}
	if (query.groupBy !== undefined) {
		return allTogether(query.groupBy.items.map(({ groupBy }) => groupBy));
	}
	const sources = await sourcesOf(query, keysOf);
	return sources && keyOfJoin(sources, query.joins ?? [], sorted);
}

function allTogether(
	nodes: readonly OperationNode[],
): readonly RowKeyColumn[] | undefined {
	const references = nodes.map((node) => referenceText(unaliased(node).node));
	return references.every((each) => each !== undefined)
		? references.map((reference) => ({ reference, nulls: "one" }))
		: undefined;
}

/** A table of a query, or a query in its place. */
interface Source {
	/** The qualifier of its columns: `s.note`. */
	readonly path: string;
	/** True where other tables' rows stand without one of its own: `left join`, and what stands before a `right join`. */
	readonly isOuter: boolean;
	readonly keys: readonly UniqueKey[];
}

async function sourcesOf(
	query: SelectQueryNode,
	keysOf: KeysOfTable,
): Promise<readonly Source[] | undefined> {
	const joins = query.joins ?? [];
	if (!joins.every(({ joinType }) => joinTypes.has(joinType))) {
		return undefined;
	}
	const sources: Source[] = [];
	for (const node of query.from?.froms ?? []) {
		sources.push(await sourceOf(node, false, query, keysOf));
	}
	for (const { table, joinType } of joins) {
		const source = await sourceOf(
			table,
			joinType === "LeftJoin" || joinType === "FullJoin",
			query,
			keysOf,
		);
		if (joinType === "RightJoin" || joinType === "FullJoin") {
			// where it has a row of its own alone, those before it have none
			sources.splice(
				0,
				sources.length,
				...sources.map((before) => ({ ...before, isOuter: true })),
			);
		}
		sources.push(source);
	}
	return sources;
}

const joinTypes: ReadonlySet<JoinNode["joinType"]> = new Set([
	"InnerJoin",
	"LeftJoin",
	"RightJoin",
	"FullJoin",
	"CrossJoin",
] as const);

async function sourceOf(
	from: OperationNode,
	isOuter: boolean,
	query: SelectQueryNode,
	keysOf: KeysOfTable,
): Promise<Source> {
	const { node } = unaliased(from);
	const keys = await keysOfSource(commonTable(query, node) ?? node, keysOf);
	return { path: tableOf(from), isOuter, keys };
}

async function keysOfSource(
	node: OperationNode,
	keysOf: KeysOfTable,
): Promise<readonly UniqueKey[]> {
	switch (node.kind) {
		case "SelectQueryNode":
			return keysOfQuery(node as SelectQueryNode, keysOf);
		case "TableNode": {
			const [name = "", schema] = tablePath(node as TableLike).toReversed();
			return keysOf(schema === undefined ? { name } : { name, schema });
		}
		default:
			return []; // raw SQL
	}
}

/** The expression that `with` calls by a table's name. */
function commonTable(
	query: SelectQueryNode,
	node: OperationNode,
): OperationNode | undefined {
	const [name, schema] =
		node.kind === "TableNode" ? tablePath(node as TableLike).toReversed() : [];
	const found = query.with?.expressions.find(
		(each) => tablePath(each.name.table as TableLike).at(-1) === name,
	);
	return schema === undefined ? found?.expression : undefined;
}

/** The keys of a query that stands in the place of a table, by the names that it gives their columns. */
async function keysOfQuery(
	query: SelectQueryNode,
	keysOf: KeysOfTable,
): Promise<readonly UniqueKey[]> {
	const isOnly = query.from?.froms.length === 1 && query.joins === undefined;
	const keys = await keysWithin(query, isOnly, keysOf);
	return keys.flatMap((key) => {
		const columns = key.columns.flatMap(({ name, nulls }) => {
			const given = nameIn(query, name, isOnly);
			return given === undefined ? [] : { name: given, nulls };
		});
		return columns.length === key.columns.length ? { ...key, columns } : [];
	});
}

async function keysWithin(
	query: SelectQueryNode,
	isOnly: boolean,
	keysOf: KeysOfTable,
): Promise<readonly UniqueKey[]> {
	const { groupBy, setOperations, distinctOn } = query;
	if (
		isOnly &&
		!(isDistinct(query) || groupBy || setOperations || distinctOn)
	) {
		const sources = await sourcesOf(query, keysOf);
		return sources?.[0]?.keys ?? [];
	}
	const columns = await rowKeyOf(query, [], keysOf);
	return columns === undefined
		? []
		: [
				{
					isPrimary: true,
					columns: columns.map(({ reference, nulls }) => ({
						name: reference,
						nulls,
					})),
				},
			];
}

/** A column's name in a query's rows; undefined where it is not among them, or may be another's. */
function nameIn(
	query: SelectQueryNode,
	reference: string,
	isOnly: boolean,
): string | undefined {
	const column = lastName(reference);
	for (const { selection } of query.selections ?? []) {
		const { node, alias } = unaliased(selection);
		const text = referenceText(node);
		const isIt =
			text === undefined
				? isOnly && allOf(node) !== undefined
				: isSameName(text, reference) ||
					(isOnly && isSameName(lastName(text), column));
		if (isIt) {
			return alias ?? column;
		}
	}
	return undefined;
}

function keyOfJoin(
	sources: readonly Source[],
	joins: readonly JoinNode[],
	sorted: readonly string[],
): readonly RowKeyColumn[] | undefined {
	const isOnly = sources.length === 1;
	const equal = equalColumns(joins);
	const known = new Set<string>();
	const key: RowKeyColumn[] = [];
	/** Takes one source after the other that a condition shows to have one row for those that are known. */
	const follow = (): void => {
		const next = sources.find(
			({ path, keys }) =>
				!known.has(path) &&
				keys.some(({ columns }) =>
					columns.every(({ name }) => equal(path, name, known)),
				),
		);
		if (next !== undefined) {
			known.add(next.path);
			follow();
		}
	};
	const isSorted = (source: Source): boolean =>
		source.keys.some((each) => isCovered(each, source, sorted));
	const inTurn = [...sources].sort(
		(left, right) => Number(isSorted(right)) - Number(isSorted(left)),
	);
	for (const source of inTurn) {
		follow();
		if (known.has(source.path)) {
			continue;
		}
		const chosen = chosenKey(source, sorted);
		if (chosen === undefined) {
			return undefined;
		}
		known.add(source.path);
		for (const { name, nulls } of chosen.columns) {
			key.push({
				reference: isOnly ? name : `${source.path}.${name}`,
				nulls: source.isOuter ? "one" : nulls,
			});
		}
	}
	return key;
}

function chosenKey(
	source: Source,
	sorted: readonly string[],
): UniqueKey | undefined {
	const isWhole = ({ columns }: UniqueKey): boolean =>
		columns.every(({ nulls }) => nulls !== "many");
	const { keys, isOuter } = source;
	const whole = keys.filter(isWhole);
	// beside a missing row, null of a key that has it in several would be no key
	const partly = isOuter ? [] : keys.filter((key) => !isWhole(key));
	const isSorted = (key: UniqueKey): boolean => isCovered(key, source, sorted);
	return (
		whole.find(isSorted) ??
		partly.find((key) => key.isPrimary && isSorted(key)) ??
		whole[0] ??
		partly.find(({ isPrimary }) => isPrimary) ??
		partly.find(isSorted)
	);
}

function isCovered(
	{ columns }: UniqueKey,
	{ path }: Source,
	sorted: readonly string[],
): boolean {
	return columns.every(({ name }) =>
		sorted.some((reference) => isColumn(reference, path, name)),
	);
}

/** True where a reference is to a column of a source. Without a table it is to the one that has such a column, or the database refuses it. */
export function isColumn(
	reference: string,
	path: string,
	name: string,
): boolean {
	const table = reference.slice(0, -lastName(reference).length - 1);
	return (
		isSameName(lastName(reference), name) &&
		(table === "" || isSameName(lastName(table), lastName(path)))
	);
}
