import { existsSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, isDeadlock } from "../errors/database-error.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { PoolStats } from "../pool/pool-stats.ts";
import { SchemaVersion } from "../values/schema-version.ts";
import { makeFolder } from "./make-folder.ts";
import { SqliteHandle } from "./sqlite-handle.ts";
import { openError } from "./sqlite-open-error.ts";
import type { ResolvedSqliteOptions } from "./sqlite-options.ts";
import { SqliteWriter } from "./sqlite-writer.ts";

/** How long a handle may block the process for another one's lock; longer waits are slept through. */
const blockMs = 2;
const memoryFile = ":memory:";

/** An open SQLite file: one handle that writes, one that reads beside it. */
export class SqliteFile {
	readonly #options: ResolvedSqliteOptions;
	/** Undefined for a database in memory, which has one handle only. */
	readonly #reader: SqliteHandle | undefined;
	readonly schema: SchemaVersion = new SchemaVersion();
	readonly writer: SqliteWriter;
	#closing: Promise<void> | undefined;

	private constructor(
		options: ResolvedSqliteOptions,
		writing: SqliteHandle,
		reader: SqliteHandle | undefined,
	) {
		this.#options = options;
		this.#reader = reader;
		this.writer = new SqliteWriter(writing, options);
	}

	/**
	 * Opens the file and makes it, with its folder, if it is not there.
	 *
	 * @param onMade is told the path of one that was not there
	 */
	static async open(
		options: ResolvedSqliteOptions,
		onMade?: (path: string) => void,
	): Promise<SqliteFile> {
		try {
			if (options.path === memoryFile) {
				return await SqliteFile.#open(options);
			}
			const path = resolve(options.path);
			const isNew = !existsSync(path);
			assertFolder(options.path);
			await makeFolder(dirname(path));
			const file = await SqliteFile.#open(options);
			if (isNew) {
				onMade?.(path);
			}
			return file;
		} catch (error) {
			throw openError(options.path, error);
		}
	}

	static async #open(options: ResolvedSqliteOptions): Promise<SqliteFile> {
		const writing = await openWriting(options);
		try {
			const reader =
				options.path === memoryFile ? undefined : openReading(options);
			return new SqliteFile(options, writing, reader);
		} catch (error) {
			writing.close();
			throw error;
		}
	}

	assertOpen(): void {
		if (!this.#closing) {
			return;
		}
		throw new DatabaseError(
			"POOL_CLOSED",
			`the database ${this.#options.path} is closed.`,
		);
	}

	/** Reads what is committed. */
	read<Value>(work: (handle: SqliteHandle) => Value): Value | Promise<Value> {
		this.assertOpen();
		if (this.#reader) {
			return work(this.#reader);
		}
		return this.writer.alone(() => work(this.writer.handle));
	}

	/** One more reading handle, for who needs a snapshot of its own; undefined for a database in memory. Its caller closes it. */
	openReader(): SqliteHandle | undefined {
		this.assertOpen();
		return this.#reader && openReading(this.#options);
	}

	/** Forgets prepared statements after a change of the schema. */
	forget(): void {
		this.schema.renew();
		this.#reader?.reload();
		this.writer.handle.reload();
	}

	stats(): PoolStats {
		const open = this.#closing ? 0 : this.#reader ? 2 : 1;
		const inUse = this.writer.isHeld ? 1 : 0;
		return {
			open,
			idle: open - inUse,
			inUse,
			connecting: 0,
			waiting: this.writer.waiting,
		};
	}

	/** Waits for what is under way and closes; a second call gives the same promise. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		await this.writer.close();
		this.#reader?.close();
		this.writer.handle.close();
	}
}

/**
 * Folders are made below the working directory, so that a fresh clone starts. An absolute path that leads elsewhere names a place that somebody has prepared, a
 * volume or a mount: where it is not there, the path is wrong, and data in a folder of our own would be lost with the container.
 *
 * @throws SetupError `VIV_OPTION`
 */
function assertFolder(path: string): void {
	const folder = dirname(resolve(path));
	const isElsewhere =
		isAbsolute(path) && /^\.\.(?:[\\/]|$)|^[A-Z]:/i.test(relative(".", folder));
	if (isElsewhere && !existsSync(folder)) {
		throw new SetupError(
			"VIV_OPTION",
			`sqlite.path: the folder of ${path} is not there: correct the path, or make it (mkdir -p ${folder}). Only folders below the working directory are made.`,
		);
	}
}

/** Switching to WAL needs the file for a moment, and three processes may start at once. */
async function openWriting(
	options: ResolvedSqliteOptions,
): Promise<SqliteHandle> {
	const deadline = performance.now() + options.busyTimeoutMs;
	for (;;) {
		const handle = new SqliteHandle(options.path, { timeoutMs: blockMs });
		try {
			handle.pragma("journal_mode = wal");
			handle.pragma(`synchronous = ${options.synchronous}`);
			tune(handle);
			return handle;
		} catch (error) {
			handle.close();
			if (!isDeadlock(error) || performance.now() > deadline) {
				throw error;
			}
			await sleep(blockMs);
		}
	}
}

function openReading(options: ResolvedSqliteOptions): SqliteHandle {
	const handle = new SqliteHandle(options.path, {
		readOnly: true,
		timeoutMs: options.busyTimeoutMs, // a reader waits only while another process recovers the log
	});
	tune(handle);
	return handle;
}

function tune(handle: SqliteHandle): void {
	handle.pragma("foreign_keys = on");
	handle.pragma("cache_size = -32768"); // KiB
	handle.pragma("temp_store = memory");
}
