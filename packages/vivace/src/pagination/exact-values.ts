/**
 * Knowledge of a driver about the values it gives, which a row does not show. Those of vivace-database tell it, by symbols of the whole
 * process, so that a cursor holds what the
 * database holds; of other drivers nothing is known, and their values are tried out (`value-check.ts`).
 */

/** Under this key a driver's result has its {@link ColumnNotes}. A symbol, so that plugins that copy a result keep it. */
export const columnNotes: unique symbol = Symbol.for(
	"vivace.columnNotes",
) as never;

/** Why cursors can't sort by a column of a result, as a part of a sentence; undefined for one that they can sort by. */
export type ColumnNotes = (column: string) => string | undefined;

/** Marks a statement whose result is to have them: others stay as they are. */
const asking: unique symbol = Symbol.for("vivace.asksColumnNotes") as never;

/** The statement's node with the mark. */
export function askingNotes<Node extends object>(node: Node): Node {
	return { ...node, [asking]: true };
}

/** A driver's result that may have them. */
export interface NotedResult {
	readonly [columnNotes]?: ColumnNotes;
}

/** Under this key a date has the text of its column, where that holds something else than its second. */
const exactText: unique symbol = Symbol.for("vivace.exactText") as never;

/** The text that a driver has told of a date. */
export function exactTextOf(date: Date): string | undefined {
	return (date as { readonly [exactText]?: string })[exactText];
}
