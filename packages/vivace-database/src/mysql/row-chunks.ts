import type { Readable } from "node:stream";
import type { FieldPacket, Query } from "mysql2";
import { decodeRows } from "./decode-rows.ts";
import type { MysqlRows } from "./raw-connection.ts";

/** How the rows of a statement are read one after the other. */
export interface RowChunksOptions {
	/** How many rows come at once; the last time fewer. */
	readonly chunkSize: number;
	/** How long the server may be silent, in milliseconds; 0 is no limit. */
	readonly limitMs: number;
	/** Called when it was silent for longer. */
	readonly onSilent: () => void;
}

/** The rows in chunks, with a deadline that starts anew at each row and stands still while the consumer works. */
export async function* rowChunks(
	command: Query,
	rows: Readable,
	{ chunkSize, limitMs, onSilent }: RowChunksOptions,
): AsyncGenerator<MysqlRows, void, undefined> {
	let isWaiting = true;
	const deadline =
		limitMs > 0
			? setTimeout(() => {
					if (isWaiting) {
						onSilent();
					}
				}, limitMs)
			: undefined;
	let fields: FieldPacket[] = [];
	command.on("fields", (packets: FieldPacket[]) => {
		fields = packets;
	});
	try {
		let chunk: MysqlRows = [];
		for await (const row of rows) {
			chunk.push(row);
			if (chunk.length < chunkSize) {
				deadline?.refresh();
				continue;
			}
			isWaiting = false;
			decodeRows(chunk, fields);
			yield chunk;
			chunk = [];
			isWaiting = true;
			deadline?.refresh();
		}
		isWaiting = false;
		decodeRows(chunk, fields);
		if (chunk.length > 0) {
			yield chunk;
		}
	} finally {
		clearTimeout(deadline);
	}
}
