/**
 * Knowledge of our drivers about the values they give, which a row does not show: for who sorts by them and has to hold what the database holds, as a
 * list with cursors does. Asked for and told by symbols of the whole process, so that it takes no import of this package.
 */

/** Why cursors can't sort by a column of a result, as a part of a sentence; undefined for one that they can sort by. */
export type ColumnNotes = (column: string) => string | undefined;

const asking = Symbol.for("vivace.asksColumnNotes");
const notesKey = Symbol.for("vivace.columnNotes");
const textKey = Symbol.for("vivace.exactText");

/** True for a statement whose result is to have notes. */
export function asksNotes({ query }: { readonly query: object }): boolean {
	return asking in query;
}

/** The result of a statement that asks for them. */
export function withNotes<Result extends object>(
	result: Result,
	notes: ColumnNotes,
): Result {
	return { ...result, [notesKey]: notes };
}

/** Tells that a date's column holds something else than its second: a fraction, or another way to write it. */
export function noteExactText(date: Date, text: string): void {
	Object.defineProperty(date, textKey, { value: text });
}
