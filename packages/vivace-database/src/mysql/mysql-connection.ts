import type { Readable } from "node:stream";
import type {
	FieldPacket,
	QueryError,
	Connection as RawConnection,
	ResultSetHeader,
	RowDataPacket,
} from "mysql2";
import {
	isBrokenOff,
	isServerReadOnly,
	noteOwnRefusal,
	noteUndone,
} from "../errors/database-error.ts";
import { isNotPrepared } from "../errors/mysql-errors.ts";
import {
	closedError,
	lostBefore,
	timeoutError,
} from "../pool/connection-errors.ts";
import type { PooledConnection } from "../pool/pooled-connection.ts";
import type { Server } from "../pool/server.ts";
import type { ResolvedServerOptions } from "../pool/server-options.ts";
import { Turns } from "../pool/turns.ts";
import { within } from "../pool/within.ts";
import type { EncodedValue } from "../values/encode.ts";
import { decodeRows } from "./decode-rows.ts";
import { killThread, type ServerThread, threadOf } from "./kill-thread.ts";
import { assertFitsPacket } from "./packet-size.ts";
import {
	type CreateConnection,
	destroyRaw,
	type MysqlRows,
	openRaw,
	rawQuery,
} from "./raw-connection.ts";
import { rowChunks } from "./row-chunks.ts";
import { type ServerFacts, serverFacts } from "./server-health.ts";

type Answer = RowDataPacket[] | ResultSetHeader;

/** The result of a statement. */
export interface MysqlAnswer {
	/** Rows, or the header of a statement that gives none. */
	readonly result: MysqlRows | ResultSetHeader;
	/** The columns of the rows, as the server describes them. */
	readonly fields: readonly FieldPacket[];
}

/** The sql_mode of MySQL 8, on every server: nothing is cut off or made up in silence. */
const strictMode =
	"STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
/** How long the rest of an abandoned result may take to arrive before the connection is given up. */
const drainMs = 1_000;
/** How long the server may take to acknowledge `COM_QUIT`. */
const quitMs = 500;
const inTransactionFlag = 1;
const readOnlyTransactionCode = 1792;

/**
 * One session on a server, over one mysql2 connection: statements with a deadline that really ends them, streams that end when the
 * connection does, and a plain word about whether it can be used again.
 */
export class MysqlConnection implements PooledConnection {
	readonly #raw: RawConnection;
	readonly #options: ResolvedServerOptions;
	readonly #thread: ServerThread;
	readonly #kill: (thread: ServerThread) => Promise<void>;
	readonly #packetBytes: number | undefined;
	#lost: Error | undefined;
	#inTransaction = false;
	/** True when its transaction was begun as read-only: then a refused write says nothing about the server. */
	#isReadingOnly = false;
	/** The statement under way. */
	#sql: string | undefined;
	readonly #turns = new Turns();
	#fail: ((error: Error) => void) | undefined;

	/** The server that it is a session on. */
	readonly server: Server;
	/** True when the server as a whole took no writes when this connection was made. */
	readonly isServerReadOnly: boolean;
	/** How many connections the server takes; undefined where nobody says it. */
	readonly serverConnections: number | undefined;
	/** When it should be replaced, on the clock of `performance.now()`. */
	readonly expiresAt: number;
	/** Since when nobody uses it, on the same clock. */
	idleSince = 0;
	/** Called when the connection is lost, once, with the reason. */
	onLost: ((reason: Error) => void) | undefined;
	/** Settles when the server has been told to kill this session; undefined if there was no reason to. */
	killing: Promise<void> | undefined;

	private constructor(
		raw: RawConnection,
		server: Server,
		facts: ServerFacts,
		thread: ServerThread,
		kill: (thread: ServerThread) => Promise<void>,
	) {
		this.#raw = raw;
		this.#options = server.options;
		this.server = server;
		this.isServerReadOnly = facts.isReadOnly;
		this.#packetBytes = facts.packetBytes;
		this.serverConnections = facts.connections;
		this.#thread = thread;
		this.#kill = kill;
		const jitter = 0.9 + Math.random() * 0.2;
		this.expiresAt = performance.now() + this.#options.maxLifetimeMs * jitter;
		raw.removeAllListeners("error");
		raw.on("error", (error: Error) => this.#lose(error));
	}

	/**
	 * Logs in and sets the session up; rejects with the driver's error, in `connectTimeoutMs` at most, and with error 1047 where the
	 * server is a node that its cluster has left behind.
	 */
	static async connect(
		create: CreateConnection,
		server: Server,
	): Promise<MysqlConnection> {
		const { options } = server;
		const raw = await openRaw(create, server);
		try {
			const [, thread, facts] = await within(
				options.connectTimeoutMs,
				Promise.all([
					rawQuery(raw, sessionStatement(options)),
					threadOf(raw),
					serverFacts(raw),
				]),
			);
			for (const statement of options.onConnect) {
				await within(options.connectTimeoutMs, rawQuery(raw, statement));
			}
			return new MysqlConnection(raw, server, facts, thread, (target) =>
				killThread(create, server, target),
			);
		} catch (error) {
			destroyRaw(raw);
			throw error;
		}
	}

	/** The server's number of this session. */
	get threadId(): number {
		return this.#thread.id;
	}

	/** True when the next borrower can have it: not lost, and not left inside a transaction. */
	get isReusable(): boolean {
		return this.#lost === undefined && !this.#inTransaction;
	}

	get inTransaction(): boolean {
		return this.#inTransaction;
	}

	/** True when a command is under way. */
	get isBusy(): boolean {
		return this.#turns.isTaken;
	}

	/**
	 * Runs one statement; prepared, it is kept by the server under its SQL.
	 *
	 * @throws DatabaseError `QUERY_TIMEOUT` when it takes too long, `CONNECTION_LOST` when the connection was lost before.
	 */
	async query(
		sql: string,
		values: readonly EncodedValue[] = [],
		isPrepared = false,
	): Promise<MysqlAnswer> {
		assertFitsPacket(sql, values, this.#packetBytes);
		await this.#turn();
		try {
			if (!isPrepared || this.#options.preparedStatements === 0) {
				return await this.#send("query", sql, values);
			}
			return await this.#send("execute", sql, values).catch((error) => {
				if (!isNotPrepared(error)) {
					throw error;
				}
				return this.#send("query", sql, values);
			});
		} finally {
			this.#turns.pass();
		}
	}

	/** The rows of one statement as they arrive, `chunkSize` at a time. A consumer that stops early gives the connection back. */
	async *stream(
		sql: string,
		values: readonly EncodedValue[],
		chunkSize: number,
	): AsyncGenerator<MysqlRows, void, undefined> {
		assertFitsPacket(sql, values, this.#packetBytes);
		await this.#turn();
		const command = this.#raw.query(sql, [...values]);
		const ended = new Promise<void>((resolve) =>
			command.once("end", () => resolve()),
		);
		const rows = command.stream({ highWaterMark: chunkSize });
		this.#fail = (error) => rows.destroy(error);
		this.#sql = sql;
		let isComplete = false;
		try {
			const limitMs = this.#options.queryTimeoutMs;
			const onSilent = () => this.abandon(timeoutError(sql, limitMs));
			yield* rowChunks(command, rows, { chunkSize, limitMs, onSilent });
			isComplete = true;
		} catch (error) {
			isComplete = true; // an error ends the result, or the connection is gone
			this.#judge(error);
			throw this.#lost ?? error;
		} finally {
			this.#fail = undefined;
			if (!isComplete) {
				await this.#drain(rows, ended);
			}
			this.#sql = undefined;
			this.#turns.pass();
		}
	}

	/** Resolves if the server answers in time; otherwise destroys the connection and rejects. */
	async ping(timeoutMs: number): Promise<void> {
		try {
			await within(
				timeoutMs,
				new Promise<void>((resolve, reject) => {
					this.#fail = reject;
					this.#raw.ping((error) => (error ? reject(error) : resolve()));
				}),
			);
		} catch (error) {
			this.#lose(error as Error);
			throw error;
		} finally {
			this.#fail = undefined;
		}
	}

	/** Says goodbye to the server and closes; destroys the connection if that takes longer than half a second. */
	async close(): Promise<void> {
		if (this.#lost) {
			return;
		}
		this.#lost = closedError();
		await within(
			quitMs,
			new Promise<void>((resolve) => this.#raw.end(() => resolve())),
		).catch(() => undefined); // the aim is that it is gone, and that follows
		destroyRaw(this.#raw);
	}

	/** Closes the socket at once: the server rolls back what was open. The running statement fails with `reason`. */
	destroy(reason: Error = closedError()): void {
		this.#lose(reason);
	}

	/** Destroys the connection and, from another one, has the server end what it still runs for this one. */
	abandon(reason: Error): void {
		if (this.#lost) {
			return;
		}
		this.killing = this.#kill(this.#thread);
		this.#lose(reason);
	}

	async #turn(): Promise<void> {
		await this.#turns.take();
		if (!this.#lost) {
			return;
		}
		this.#turns.pass();
		throw lostBefore(this.server, this.#lost);
	}

	#send(
		protocol: "query" | "execute",
		sql: string,
		values: readonly EncodedValue[],
	): Promise<MysqlAnswer> {
		return new Promise((resolve, reject) => {
			const limitMs = this.#options.queryTimeoutMs;
			const deadline =
				limitMs > 0
					? setTimeout(() => this.abandon(timeoutError(sql, limitMs)), limitMs)
					: undefined;
			const settle = (error: Error | null) => {
				clearTimeout(deadline);
				this.#fail = undefined;
				if (error) {
					this.#judge(error);
				}
				this.#sql = undefined;
				if (error) {
					reject(error);
				}
			};
			this.#fail = settle;
			this.#sql = sql;
			const onAnswer = (
				error: QueryError | null,
				result: Answer,
				fields: FieldPacket[],
			) => {
				if (!error?.fatal) {
					this.server.answers++;
				}
				settle(error);
				if (error) {
					return;
				}
				if (Array.isArray(result)) {
					decodeRows(result, fields);
				} else {
					this.#noteStatus(result, sql);
				}
				resolve({ result, fields });
			};
			const bound = values as EncodedValue[]; // they are only read
			if (protocol === "query") {
				this.#raw.query<Answer>(sql, bound, onAnswer);
			} else {
				this.#raw.execute<Answer>(sql, bound, onAnswer);
			}
		});
	}

	/** Lets the rest of a result pass that nobody wants; if it is long, gives up the connection instead. */
	async #drain(rows: Readable, ended: Promise<void>): Promise<void> {
		rows.destroy();
		this.#fail = () => undefined;
		try {
			await within(drainMs, ended);
		} catch {
			this.abandon(
				new Error("the stream was left before its end, and its rest was long"),
			);
		} finally {
			this.#fail = undefined;
		}
	}

	#noteStatus(header: ResultSetHeader, sql: string): void {
		if (typeof header?.serverStatus !== "number") {
			return;
		}
		const isInside = (header.serverStatus & inTransactionFlag) !== 0;
		if (isInside && !this.#inTransaction) {
			this.#isReadingOnly = /\bread only\b/i.test(sql);
		}
		this.#inTransaction = isInside;
	}

	/** True when an error of a statement means that the connection must not be used again. */
	#judge(error: unknown): void {
		const { fatal, errno } = error as { fatal?: unknown; errno?: unknown };
		const isOwnChoice =
			this.#inTransaction &&
			this.#isReadingOnly &&
			errno === readOnlyTransactionCode;
		if (isOwnChoice) {
			noteOwnRefusal(error as Error);
		}
		const isOver = fatal === true || errno === packetTooLarge;
		if (isOver || isBrokenOff(error) || isServerReadOnly(error)) {
			this.#lose(error as Error);
		}
	}

	#lose(reason: Error): void {
		if (this.#lost) {
			return;
		}
		this.#lost = reason;
		if (this.#inTransaction && !mayCommit(this.#sql)) {
			noteUndone(reason);
		}
		destroyRaw(this.#raw);
		this.#fail?.(reason);
		this.onLost?.(reason);
	}
}

/** `max_allowed_packet`: the statement's own affair, but the server reads no further on this connection. */
const packetTooLarge = 1153;

/** True when a statement may store what its transaction has written: a commit, a change of the schema, a procedure. In doubt it may. */
function mayCommit(sql: string | undefined): boolean {
	return sql !== undefined && !staysInTransaction.test(sql);
}

const staysInTransaction =
	/^[\s(]*(?:select|insert|update|delete|replace|with|values|show|savepoint|release|rollback)\b/i;

/** One statement for both families: MariaDB reads the first comment, MySQL the second, each ignores the other's. */
function sessionStatement(options: ResolvedServerOptions): string {
	const lockWait = Math.ceil(options.lockWaitTimeoutMs / 1_000);
	const limit =
		options.queryTimeoutMs === 0 ? 0 : options.queryTimeoutMs + 1_000;
	return (
		`set time_zone='+00:00', sql_mode='${strictMode}', innodb_lock_wait_timeout=${lockWait} ` +
		`/*M!100100 , max_statement_time=${limit / 1_000} */ /*!50708 , max_execution_time=${limit} */`
	);
}
