import type { JoinNode, OperationNode } from "kysely";
import { lastName, referenceText, tableOf } from "./query-nodes.ts";
import { isSameName } from "./sort-order.ts";

/** One side of an equation in the condition of a join. */
interface Equation {
	readonly table: string;
	readonly column: string;
	/** The table whose column has the same value; undefined for a value of the statement. */
	readonly by: string | undefined;
}

/**
 * Tells of a table's column whether the joins' conditions give it its value: that of a column of a table that is known, or one that stands in
 * the statement. The condition of a `left join` gives it to the table that is joined alone, for rows stand there in which it does not hold.
 */
export function equalColumns(
	joins: readonly JoinNode[],
): (path: string, name: string, known: ReadonlySet<string>) => boolean {
	const equations = joins.flatMap((join) => {
		const found = join.on === undefined ? [] : equationsIn(join.on.on);
		const joined = lastName(tableOf(join.table));
		switch (join.joinType) {
			case "InnerJoin":
				return found;
			case "LeftJoin":
				return found.filter(({ table }) => table === joined);
			default:
				return [];
		}
	});
	return (path, name, known) =>
		equations.some(
			({ table, column, by }) =>
				table === lastName(path) &&
				isSameName(column, name) &&
				(by === undefined || [...known].some((each) => lastName(each) === by)),
		);
}

function equationsIn(node: OperationNode): readonly Equation[] {
	switch (node.kind) {
		case "ParensNode":
			return equationsIn((node as unknown as Parens).node);
		case "AndNode": {
			const { left, right } = node as unknown as And;
			return [...equationsIn(left), ...equationsIn(right)];
		}
		case "BinaryOperationNode": {
			const { leftOperand, operator, rightOperand } = node as unknown as Binary;
			return operator.operator === "="
				? [
						...sideOf(leftOperand, rightOperand),
						...sideOf(rightOperand, leftOperand),
					]
				: [];
		}
		default:
			return [];
	}
}

interface Parens {
	readonly node: OperationNode;
}

interface And {
	readonly left: OperationNode;
	readonly right: OperationNode;
}

interface Binary {
	readonly leftOperand: OperationNode;
	readonly operator: { readonly operator?: string };
	readonly rightOperand: OperationNode;
}

function sideOf(
	node: OperationNode,
	other: OperationNode,
): readonly Equation[] {
	const [table, column] = partsOf(node);
	if (table === undefined || column === undefined) {
		return [];
	}
	if (other.kind === "ValueNode") {
		return [{ table, column, by: undefined }];
	}
	const [by] = partsOf(other);
	return by === undefined || by === table ? [] : [{ table, column, by }];
}

/** The table and the column of a reference that has both. */
function partsOf(node: OperationNode): readonly string[] {
	const parts = referenceText(node)?.split(".") ?? [];
	return parts.length < 2 ? [] : parts.slice(-2);
}
