import type {
	AliasNode,
	KyselyPlugin,
	OperationNode,
	RootOperationNode,
	SelectQueryBuilder,
	SelectQueryNode,
} from "kysely";

/** The tables and rows of a query: nothing is known of them here. */
// biome-ignore lint/suspicious/noExplicitAny: Kysely's builder with tables of any kind
export type AnySelect = SelectQueryBuilder<any, any, any>;

/** The builder behind the port. @throws TypeError where a part of the query leaves no room for a page */
export function builderOf(query: unknown): AnySelect {
	const builder = query as AnySelect; // an object with the members of the port is Kysely's
	const { kind, limit, offset } = builder.toOperationNode();
	if (kind !== "SelectQueryNode") {
		throw new TypeError(`a page needs a select query, not a ${kind}.`);
	}
	if (limit !== undefined || offset !== undefined) {
		throw new TypeError(
			"a query that is read in pages must not have a limit or an offset of its own: the page sets them.",
		);
	}
	return builder;
}

/**
 * How many rows a query gives.
 *
 * @param cap where counting stops: the result is at most this
 */
export async function countRows(
	query: AnySelect,
	cap?: number,
): Promise<number> {
	const [row] = await countable(query)
		.$if(cap !== undefined, (rows) => rows.limit(cap as number))
		.withPlugin(countInstead)
		.execute();
	return Number((row as { readonly total: unknown }).total);
}

/** The rows as they are counted: without order, and where the columns make no difference without these, which may have one name twice. */
function countable(query: AnySelect): AnySelect {
	const unordered = query.clearOrderBy();
	return isGathered(query.toOperationNode())
		? unordered
		: unordered.clearSelect().select(({ lit }) => lit(1).as("one"));
}

/** True where the columns that a query selects decide how many rows it gives. */
export function isGathered({
	groupBy,
	having,
	frontModifiers,
	distinctOn,
	setOperations,
}: SelectQueryNode): boolean {
	return Boolean(
		groupBy || having || frontModifiers || distinctOn || setOperations,
	);
}

/**
 * Puts `select count(*)` around a query. A plugin, because it is the query's own executor that has to run it (that of its transaction,
 * with its plugins), and a builder without tables of its own can't be had from it.
 */
const countInstead: KyselyPlugin = {
	transformQuery: ({ node }): RootOperationNode => {
		const select: SelectQueryNode = {
			kind: "SelectQueryNode",
			from: { kind: "FromNode", froms: [aliased(node, "counted")] },
			selections: [
				{
					kind: "SelectionNode",
					selection: aliased(countAll as OperationNode, "total"),
				},
			],
		};
		return select;
	},
	transformResult: async ({ result }) => result,
};

const countAll = {
	kind: "AggregateFunctionNode",
	func: "count",
	aggregated: [{ kind: "SelectAllNode" }],
} as const;

/** A selection or a source of a query, under a name. */
export function aliased(node: OperationNode, name: string): AliasNode {
	const alias = { kind: "IdentifierNode", name } as const;
	return { kind: "AliasNode", node, alias };
}
