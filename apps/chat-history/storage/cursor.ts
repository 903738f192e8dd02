import { createHash } from "node:crypto";

/** The place in a list that is sorted by time and id. */
export interface Position {
	readonly entryTime: Date;
	readonly id: number;
}

/** A cursor that is damaged, or belongs to another list or direction. */
export class CursorError extends Error {
	override readonly name = "CursorError";

	constructor(options?: ErrorOptions) {
		super("the cursor does not belong to this list", options);
	}
}

/**
 * The text that stands for a position: opaque to clients, and bound to the list that it was made for.
 *
 * @param list names the list, its filters and its direction
 */
export function encodeCursor(position: Position, list: string): string {
	const seconds = position.entryTime.getTime() / 1_000;
	const fields = [digest(list), seconds, position.id];
	return Buffer.from(JSON.stringify(fields)).toString("base64url");
}

/** @throws {CursorError} For a text that {@link encodeCursor} did not make for this list. */
export function decodeCursor(cursor: string, list: string): Position {
	const [owner, seconds, id] = parse(cursor);
	const isRight =
		owner === digest(list) && Number.isInteger(seconds) && Number.isInteger(id);
	if (!isRight) throw new CursorError();
	return { entryTime: new Date(Number(seconds) * 1_000), id: Number(id) };
}

function parse(cursor: string): readonly unknown[] {
	try {
		const fields: unknown = JSON.parse(
			Buffer.from(cursor, "base64url").toString(),
		);
		return Array.isArray(fields) ? fields : [];
	} catch (cause) {
		throw new CursorError({ cause });
	}
}

function digest(list: string): string {
	return createHash("sha256").update(list).digest("base64url").slice(0, 10);
}
