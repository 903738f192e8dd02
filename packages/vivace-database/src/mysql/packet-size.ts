import { BindError, type EncodedValue } from "../values/encode.ts";

/**
 * Refuses a statement that is larger than the server takes in one packet: it would hang up in the middle, and the error might be that of a lost
 * connection.
 *
 * @param limitBytes `max_allowed_packet`; undefined where nobody has said it
 * @throws BindError that names the largest value
 */
export function assertFitsPacket(
	sql: string,
	values: readonly EncodedValue[],
	limitBytes: number | undefined,
): void {
	if (limitBytes === undefined) {
		return;
	}
	// a character has three bytes at most (one of four counts as two)
	let most = sql.length * 3;
	for (const value of values) {
		most += typeof value === "string" ? value.length * 3 : bytesOf(value);
	}
	if (most < limitBytes) {
		return;
	}
	const sizes = values.map(bytesOf);
	const total = sizes.reduce((sum, size) => sum + size, Buffer.byteLength(sql));
	if (total >= limitBytes) {
		const largest = Math.max(...sizes, 0);
		throw new BindError(
			sizes.indexOf(largest) + 1,
			sql,
			`the largest, of ${largest} bytes: the statement has ${total}, and the server takes ${limitBytes} in one packet (max_allowed_packet)`,
		);
	}
}

function bytesOf(value: EncodedValue): number {
	return typeof value === "string" || value instanceof Uint8Array
		? Buffer.byteLength(value)
		: 8;
}
