/**
 * Knowledge of a driver about the values it gives, which a row does not show. Drivers of this package tell it, so that a cursor holds what the
 * database holds; of other drivers nothing is known, and their values are tried out (`value-check.ts`).
 */

/** Under this key a driver's result has its {@link ColumnNotes}. A symbol, so that plugins that copy a result keep it. */
export const columnNotes: unique symbol = Symbol("vivace.columnNotes");

/** Why cursors can't sort by a column of a result, as a part of a sentence; undefined for one that they can sort by. */
export type ColumnNotes = (column: string) => string | undefined;

/** Marks a statement whose result is to have them: others stay as they are. */
const asking: unique symbol = Symbol("vivace.asksColumnNotes");

/** The statement's node with the mark. */
export function askingNotes<Node extends object>(node: Node): Node {
	return { ...node, [asking]: true };
}

/** True for a statement with the mark. */
export function asksNotes({ query }: { readonly query: object }): boolean {
	return asking in query;
}

/** A driver's result that may have them. */
export interface NotedResult {
	readonly [columnNotes]?: ColumnNotes;
}

/** The text of a date in its column. */
const texts = new WeakMap<Date, string>();

/** Tells that a date's column holds something else than its second: a fraction, or another way to write it. */
export function noteExactText(date: Date, text: string): void {
	texts.set(date, text);
}

/** The text that was told of a date. */
export function exactTextOf(date: Date): string | undefined {
	return texts.get(date);
}

/** The result of a statement that asks for them. */
export function withNotes<Result extends object>(
	result: Result,
	notes: ColumnNotes,
): Result & NotedResult {
	return { ...result, [columnNotes]: notes };
}
