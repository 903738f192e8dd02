import type { IsolationLevel } from "kysely";
import type { OptionRules } from "../errors/options.ts";

/** Kysely's type, as values. */
const isolationLevels: readonly IsolationLevel[] = [
	"read uncommitted",
	"read committed",
	"repeatable read",
	"serializable",
	"snapshot",
];

/** Options of a session. */
export interface SessionOptions {
	/**
	 * Refuses statements that write. On SQLite such a session, if it has a snapshot, does not keep others from writing. Default: false.
	 */
	readonly readOnly?: boolean;
	/**
	 * True when the transaction begins with the first statement of any kind, so that all of them see the same data; otherwise it begins with
	 * the first that writes or locks, and reads before it run each by itself. Default: false.
	 */
	readonly snapshot?: boolean;
	/** Isolation of the transaction. Default: the server's; on SQLite it is always serializable. */
	readonly isolation?: IsolationLevel;
	/** How long its transaction may be open, in milliseconds, before it is rolled back; `0` is no limit. Default: 30,000. */
	readonly timeoutMs?: number;
	/** Gets lines for operators: outages, failed `afterCommit` functions, slow write transactions on SQLite. Default: `console.warn`. */
	readonly log?: (line: string) => void;
}

/** Rules of {@link SessionOptions}. */
export const sessionRules: OptionRules<SessionOptions> = {
	readOnly: "boolean",
	snapshot: "boolean",
	isolation: isolationLevels,
	timeoutMs: "milliseconds",
	log: "function",
};
