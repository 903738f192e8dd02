import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** Where the SQLite file is and how it is used. All times are in milliseconds. */
export interface SqliteOptions {
	/** The file; its folder is made if it is missing, but not for an absolute path outside of the working directory. `":memory:"` is a database that ends with the handle. */
	readonly path: string;
	/**
	 * `"full"`: an acknowledged write has reached the disk and survives a power cut; `"normal"`: it survives the end of the process.
	 * Writes that arrive together share one commit, so that `"full"` costs little. Default: `"full"`.
	 */
	readonly synchronous?: "full" | "normal";
	/** How long a write or a transaction waits for its turn; then `POOL_TIMEOUT`. Default: 5,000. */
	readonly acquireTimeoutMs?: number;
	/** How many may wait for their turn; the next one gets `POOL_QUEUE_FULL` at once. Default: 10,000. */
	readonly queueLimit?: number;
	/** How long to wait for another process that writes to the same file, without blocking this one. Default: 5,000. */
	readonly busyTimeoutMs?: number;
	/** How long `close()` waits for a transaction that is under way before it is rolled back. Default: 5,000. */
	readonly closeTimeoutMs?: number;
}

/** {@link SqliteOptions} with every default filled in. */
export type ResolvedSqliteOptions = Required<SqliteOptions>;

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` for a value that makes no sense, naming option, rule and value.
 */
export function resolveSqliteOptions(
	options: SqliteOptions,
): ResolvedSqliteOptions {
	assertOptions("sqlite", options, rules);
	const { path, synchronous = "full" } = options;
	if (!path) {
		throw new SetupError("VIV_OPTION", "sqlite.path must name a file.");
	}
	return {
		path,
		synchronous,
		acquireTimeoutMs: integer(options, "acquireTimeoutMs", 5_000),
		queueLimit: integer(options, "queueLimit", 10_000),
		busyTimeoutMs: integer(options, "busyTimeoutMs", 5_000),
		closeTimeoutMs: integer(options, "closeTimeoutMs", 5_000),
	};
}

/** The values by {@link resolveSqliteOptions}. */
const rules: OptionRules<SqliteOptions> = {
	path: { required: "text" },
	synchronous: ["full", "normal"],
	acquireTimeoutMs: "any",
	queueLimit: "any",
	busyTimeoutMs: "any",
	closeTimeoutMs: "any",
};

/** Timers hold 31 bits; a longer time would fire at once. */
const largestNumber = 2 ** 31 - 1;

function integer(
	options: SqliteOptions,
	name: "acquireTimeoutMs" | "queueLimit" | "busyTimeoutMs" | "closeTimeoutMs",
	fallback: number,
): number {
	const value = options[name] ?? fallback;
	if (Number.isInteger(value) && value >= 0 && value <= largestNumber) {
		return value;
	}
	throw new SetupError(
		"VIV_OPTION",
		`sqlite.${name} must be an integer from 0 to ${largestNumber}, not ${value}.`,
	);
}
