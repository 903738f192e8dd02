import type { BrokerPage } from "../http/broker.ts";

/** The answer of the script that reads: entries (id, fields as names and values in turn), the newest id, the server's time in ms. */
export type StreamReply = readonly [
	entries: readonly (readonly [id: string, fields: readonly string[]])[],
	last: string | null,
	now: string,
];

/**
 * Where a reader stands: behind the entry with this id, or, where there was none yet (`1764400000000-s`), at a time of the server's clock.
 */
export type Position =
	| { readonly kind: "entry"; readonly id: string }
	| { readonly kind: "time"; readonly ms: bigint };

/** Undefined for an id that is not of this broker. */
export function toPosition(id: string): Position | undefined {
	const [, time] = /^(\d{1,15})-s$/.exec(id) ?? [];
	if (time !== undefined) {
		return { kind: "time", ms: BigInt(time) };
	}
	return /^\d{1,15}-\d{1,15}$/.test(id) ? { kind: "entry", id } : undefined;
}

/** The first id that counts for a reader at this position, as the server takes it. */
export function firstId(position: Position | undefined): string {
	if (position === undefined) {
		return "-";
	}
	return position.kind === "entry" ? `(${position.id}` : `${position.ms}-0`;
}

/**
 * The page for a reader at this position. Nothing is missing when the entry before the first one is the last that was read, or came before
 * the reader. Any other one says that the log is not the one that was read: it was cut off, or restored from an older copy, or the id is made up.
 */
export function toPage(
	[entries, last, now]: StreamReply,
	position: Position | undefined,
	after: string,
): BrokerPage {
	const messages = entries.map(
		([id, fields]) => [id, fieldOf(fields, "t")] as const,
	);
	const [first] = entries;
	const before = first === undefined ? last : fieldOf(first[1], "p");
	const isComplete =
		position !== undefined && isReadUpTo(before, position, BigInt(now));
	const whereNow = last ?? `${now}-s`;
	const lastId = messages.at(-1)?.[0] ?? (isComplete ? after : whereNow);
	return { messages, isComplete, lastId };
}

function fieldOf(fields: readonly string[], name: string): string {
	const index = fields.indexOf(name);
	return (index < 0 ? undefined : fields[index + 1]) ?? "";
}

/** True when the reader has had everything up to that entry; where the server knows of none, only who has had none. */
function isReadUpTo(
	before: string | null,
	position: Position,
	nowMs: bigint,
): boolean {
	if (position.kind === "entry") {
		return before === position.id;
	}
	if (position.ms > nowMs) {
		return false; // made up
	}
	const [, time] = /^(\d+)-\d+$/.exec(before ?? "0-0") ?? [];
	return time !== undefined && BigInt(time) < position.ms;
}
