import type { OperationNode, SelectQueryNode } from "kysely";
import type { AnySelect } from "./select-query.ts";
import { aliased, isGathered } from "./select-query.ts";
import type { SortColumn } from "./sort-order.ts";

/** How many rows of a list are looked at: enough for what a program is tested with, and few enough for each first page. */
const lookedAt = 10_000;

/** True where two of the first rows of a query have the same place in an order. The database compares them, as it does for the order. */
export async function hasTies(
	query: AnySelect,
	order: readonly SortColumn[],
): Promise<boolean> {
	const names = order.map(
		(_, index) => `tie${String.fromCharCode(97 + index)}`,
	);
	const isWhole = isGathered(query.toOperationNode());
	const looked = isWhole
		? query
		: query
				.clearSelect()
				.select(
					order.map(
						({ reference }, index) => `${reference} as ${names[index]}`,
					),
				);
	const columns = isWhole ? order.map(({ property }) => property) : names;
	const rows = await looked
		.limit(lookedAt)
		.withPlugin({
			transformQuery: ({ node }) => tiesOf(node, columns),
			transformResult: async ({ result }) => result,
		})
		.execute();
	return rows.length > 0;
}

function tiesOf(
	node: OperationNode,
	columns: readonly string[],
): SelectQueryNode {
	return {
		kind: "SelectQueryNode",
		from: { kind: "FromNode", froms: [aliased(node, "listed")] },
		selections: [
			{ kind: "SelectionNode", selection: aliased(raw("1"), "tied") },
		],
		groupBy: {
			kind: "GroupByNode",
			items: columns.map((name) => ({
				kind: "GroupByItemNode",
				groupBy: { kind: "IdentifierNode", name } as OperationNode,
			})),
		},
		having: { kind: "HavingNode", having: raw("count(*) > 1") },
		limit: { kind: "LimitNode", limit: raw("1") },
	};
}

function raw(sql: string): OperationNode {
	return {
		kind: "RawNode",
		sqlFragments: [sql],
		parameters: [],
	} as OperationNode;
}
