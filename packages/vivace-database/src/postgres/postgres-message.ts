import type { PgValue } from "./pg-port.ts";

/** Execute (all rows of the unnamed portal) and Sync, which end every run of a statement. */
const executeAndSync = Buffer.from([
	...[0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0],
	...[0x53, 0, 0, 0, 4],
]);
const bindCode = 0x42;
/** The counts and the empty name that every Bind has, beside the name of its statement: PostgreSQL's manual, "Message Formats". */
const fixedLength = 4 + 1 + 1 + 2 + 2 + 4;

/**
 * Bind, Execute and Sync of a statement that the server has under its name, in one piece: three messages of `pg` are three buffers, of which the
 * system call alone takes a tenth of a small statement's CPU time.
 */
export function bindAndRun(name: string, values: readonly PgValue[]): Buffer {
	let length = fixedLength + name.length + 2 * values.length;
	const lengths = values.map((value) => {
		const bytes = lengthOf(value);
		length += 4 + Math.max(bytes, 0);
		return bytes;
	});
	const message = Buffer.allocUnsafe(1 + length + executeAndSync.length);
	let at = message.writeUInt8(bindCode, 0);
	at = message.writeInt32BE(length, at);
	at = message.writeUInt8(0, at);
	at += message.write(name, at, "latin1");
	at = message.writeUInt8(0, at);
	at = message.writeInt16BE(values.length, at);
	for (const value of values) {
		at = message.writeInt16BE(isText(value) ? 0 : 1, at);
	}
	at = message.writeInt16BE(values.length, at);
	for (let index = 0; index < values.length; index++) {
		const bytes = lengths[index] as number;
		at = message.writeInt32BE(bytes, at);
		if (bytes > 0) {
			write(message, values[index] as PgValue, at);
			at += bytes;
		}
	}
	// every column as text
	at = message.writeInt32BE(1 << 16, at);
	executeAndSync.copy(message, at);
	return message;
}

function isText(value: PgValue): boolean {
	return typeof value === "string" || value === null;
}

/** In bytes; -1 is null. */
function lengthOf(value: PgValue): number {
	if (value === null) {
		return -1;
	}
	return typeof value === "string"
		? Buffer.byteLength(value)
		: value.byteLength;
}

function write(message: Buffer, value: PgValue, at: number): void {
	if (typeof value === "string") {
		message.write(value, at);
	} else if (value !== null) {
		message.set(value, at);
	}
}
