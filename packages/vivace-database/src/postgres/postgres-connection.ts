import {
	isBrokenOff,
	isServerReadOnly,
	noteOwnRefusal,
	noteUndone,
} from "../errors/database-error.ts";
import { isReported, isStalePlan } from "../errors/postgres-errors.ts";
import {
	closedError,
	lostBefore,
	timeoutError,
} from "../pool/connection-errors.ts";
import { Deadline } from "../pool/deadline.ts";
import type { PooledConnection } from "../pool/pooled-connection.ts";
import type { Server } from "../pool/server.ts";
import { Turns } from "../pool/turns.ts";
import { within } from "../pool/within.ts";
import type { DatePrecision } from "../values/encode.ts";
import type { PgClient, PgField, PgValue } from "./pg-port.ts";
import {
	assertSendable,
	encodeForPostgres,
	needsType,
} from "./postgres-encode.ts";
import { decodeRows, type PostgresRows } from "./postgres-rows.ts";
import {
	PostgresStatement,
	type StatementResult,
	type StatementText,
} from "./postgres-statement.ts";
import type { PostgresTypes } from "./postgres-types.ts";

/** The answer to a statement. */
export interface PostgresAnswer {
	readonly rows: PostgresRows;
	/** The command's own word for it: `SELECT 3`, `INSERT 0 1`, `COMMIT`. */
	readonly tag: string;
}

/** A statement that the server keeps for a connection. */
interface Prepared {
	readonly name: string;
	/** Its columns, once it has told them. */
	fields: readonly PgField[] | undefined;
}

/** How long the server may take to close after our goodbye. */
const quitMs = 500;

/** Session-wide facts that the log-in has told. */
export interface PostgresSession {
	readonly server: Server;
	readonly isServerReadOnly: boolean;
	readonly types: PostgresTypes;
	/** False when a proxy gives each transaction another session. */
	readonly isOwnSession: boolean;
	/** Has the server end what it runs for this session, from another connection. */
	readonly cancel: () => Promise<void>;
}

/**
 * One session on a server, over one client of `pg`: statements with a deadline that really ends them, streams that end when the connection
 * does, and a plain word about whether it can be used again.
 */
export class PostgresConnection implements PooledConnection {
	readonly #client: PgClient;
	readonly #session: PostgresSession;
	readonly #turns = new Turns();
	/** Of statements. */
	readonly #deadline: Deadline;
	/** Prepared statements by their SQL. */
	readonly #prepared = new Map<string, Prepared>();
	/** The statement whose name the server is told at the moment. */
	#preparing: StatementText | undefined;
	#lost: Error | undefined;
	#statement: PostgresStatement | undefined;
	/** The text of the statement that is under way. */
	#sql: string | undefined;
	/** The error that has spoiled the open transaction. */
	#spoiledBy: unknown;
	/** True when its transaction was begun as read-only: then a refused write says nothing about the server. */
	#isReadingOnly = false;

	readonly expiresAt: number;
	idleSince = 0;
	onLost: ((reason: Error) => void) | undefined;
	killing: Promise<void> | undefined;

	constructor(client: PgClient, session: PostgresSession) {
		this.#client = client;
		this.#session = session;
		const jitter = 0.9 + Math.random() * 0.2;
		this.expiresAt =
			performance.now() + session.server.options.maxLifetimeMs * jitter;
		const { queryTimeoutMs } = session.server.options;
		this.#deadline = new Deadline(queryTimeoutMs, () =>
			this.abandon(timeoutError(this.#sql ?? "", queryTimeoutMs)),
		);
		client.on("error", (error) => this.#lose(error));
		client.connection.on("parseComplete", () => {
			if (this.#preparing) {
				const { sql, name } = this.#preparing;
				this.#prepared.set(sql, { name, fields: undefined });
			}
		});
		client.connection.on("readyForQuery", () => {
			this.#preparing = undefined;
			this.#sql = undefined;
			this.#statement?.handleReadyForQuery();
		});
	}

	get server(): Server {
		return this.#session.server;
	}

	get isServerReadOnly(): boolean {
		return this.#session.isServerReadOnly;
	}

	/** The server's number of this session, `pg_backend_pid()`. */
	get processId(): number {
		return this.#client.processID ?? 0;
	}

	get isReusable(): boolean {
		return this.#lost === undefined && this.#status === "I";
	}

	get isBusy(): boolean {
		return this.#turns.isTaken;
	}

	get inTransaction(): boolean {
		return this.#status === "T" || this.#status === "E";
	}

	/** The error of the last statement that was refused: in a transaction, the server refuses all that come after it. */
	get spoiledBy(): unknown {
		return this.#spoiledBy;
	}

	/**
	 * Runs one statement; prepared, it is kept by the server under a name.
	 *
	 * @throws DatabaseError `QUERY_TIMEOUT` when it takes too long, `CONNECTION_LOST` when the connection was lost before.
	 */
	async query(
		sql: string,
		parameters: readonly unknown[] = [],
		{
			isPrepared = false,
			precision = "milliseconds",
		}: {
			readonly isPrepared?: boolean;
			readonly precision?: DatePrecision;
		} = {},
	): Promise<PostgresAnswer> {
		assertSendable(sql, parameters);
		if (this.#lost || !this.#turns.tryToTake()) {
			await this.#turn();
		}
		const { types } = this.#session;
		try {
			const typesOf = parameters.some(needsType)
				? (await this.#describe(sql)).parameters
				: [];
			const values = encodeForPostgres(
				parameters,
				sql,
				precision,
				types,
				(index) => typesOf[index] ?? 0,
			);
			const { fields, rows, tag } = await this.#run(sql, values, isPrepared);
			if (rows.length > 0 && fields.some((field) => isUnknown(field, types))) {
				await this.#learn(fields.map(({ dataTypeID }) => dataTypeID));
			}
			return { rows: decodeRows(rows, fields, types), tag };
		} finally {
			this.#turns.pass();
		}
	}

	/** As {@link query}, for values that are texts already, and rows that are read as texts. */
	async queryRaw(
		sql: string,
		values: readonly PgValue[],
		isPrepared: boolean,
	): Promise<StatementResult> {
		assertSendable(sql, values);
		await this.#turn();
		try {
			return await this.#run(sql, values, isPrepared);
		} finally {
			this.#turns.pass();
		}
	}

	/** The rows of one statement as they arrive, `chunkSize` at a time. A consumer that stops early gives the connection back. */
	async *stream(
		sql: string,
		parameters: readonly unknown[],
		chunkSize: number,
		precision: DatePrecision,
	): AsyncGenerator<PostgresRows, void, undefined> {
		assertSendable(sql, parameters);
		await this.#turn();
		try {
			// the server counts the time that the consumer takes, too
			await this.#limit(0);
			yield* this.#streamInTurn(sql, parameters, chunkSize, precision);
		} finally {
			await this.#limit(this.#serverLimitMs).catch(() => undefined); // whoever borrows it next sees that it is lost
			this.#turns.pass();
		}
	}

	async ping(timeoutMs: number): Promise<void> {
		try {
			const statement = this.#start(unnamed("select 1"), []);
			await within(timeoutMs, statement.settled);
		} catch (error) {
			this.#lose(error as Error);
			throw error;
		}
	}

	async close(): Promise<void> {
		if (this.#lost) {
			return;
		}
		this.#lost = closedError();
		this.#deadline.close();
		await within(
			quitMs,
			new Promise<void>((resolve) => this.#client.end(resolve)),
		).catch(() => undefined); // the aim is that it is gone, and that follows
		this.#client.connection.stream.destroy();
	}

	destroy(reason: Error = closedError()): void {
		this.#lose(reason);
	}

	/** Destroys the connection and, from another one, has the server end what it still runs for this one. */
	abandon(reason: Error): void {
		if (this.#lost) {
			return;
		}
		this.killing = this.#session.cancel();
		this.#lose(reason);
	}

	get #status(): string | null {
		return this.#client.getTransactionStatus();
	}

	get #serverLimitMs(): number {
		const { queryTimeoutMs } = this.server.options;
		return queryTimeoutMs === 0 ? 0 : queryTimeoutMs + 1_000;
	}

	async *#streamInTurn(
		sql: string,
		parameters: readonly unknown[],
		chunkSize: number,
		precision: DatePrecision,
	): AsyncGenerator<PostgresRows, void, undefined> {
		const { types } = this.#session;
		const described = await this.#describe(sql);
		const values = encodeForPostgres(
			parameters,
			sql,
			precision,
			types,
			(index) => described.parameters[index] ?? 0,
		);
		const statement = this.#start(unnamed(sql), values, chunkSize);
		try {
			for (;;) {
				const { fields, rows } = await this.#timed(statement.nextChunk());
				if (rows.length === 0) {
					return;
				}
				yield decodeRows(rows, fields, types);
				statement.more();
			}
		} catch (error) {
			throw this.#judged(error);
		} finally {
			statement.stop();
			await this.#timed(statement.settled).catch(() => undefined); // it was thrown above, or nobody wants it
			this.#sql = undefined;
		}
	}

	/** The types of a statement that is not run yet, those of the user's own learned. */
	async #describe(sql: string): Promise<{
		readonly parameters: readonly number[];
		readonly fields: readonly PgField[];
	}> {
		let parameters: readonly number[] = [];
		let fields: readonly PgField[] = [];
		const statement = this.#start(unnamed(sql), (types) => {
			({ parameters, fields } = types);
			return undefined;
		});
		await this.#ended(sql, statement);
		await this.#learn([
			...parameters,
			...fields.map(({ dataTypeID }) => dataTypeID),
		]);
		return { parameters, fields };
	}

	/** Asks what types of the user's own are, each once. */
	async #learn(found: readonly number[]): Promise<void> {
		const { types } = this.#session;
		const unknown = found.filter((type) => types.isUnknown(type));
		if (unknown.length === 0 || this.#status === "E") {
			return;
		}
		const { rows } = await this.#run(
			"select oid, case when typcategory = 'A' then typelem else 0 end from pg_catalog.pg_type where oid = any($1::oid[])",
			[`{${unknown.join(",")}}`],
			false,
		);
		for (const [type, memberType] of rows) {
			types.learn(Number(type), Number(memberType) || undefined);
		}
	}

	async #limit(limitMs: number): Promise<void> {
		const isSet = this.#session.isOwnSession && this.#serverLimitMs > 0;
		if (isSet && this.#status !== "E") {
			await this.#run(
				"select set_config('statement_timeout', $1, false)",
				[String(limitMs)],
				true,
			);
		}
	}

	async #run(
		sql: string,
		values: readonly PgValue[],
		isPrepared: boolean,
	): Promise<StatementResult> {
		const text = isPrepared ? this.#textOf(sql) : unnamed(sql);
		const isFree = this.#status === "I";
		try {
			const result = await this.#ended(sql, this.#start(text, values));
			const prepared = isPrepared && this.#prepared.get(sql);
			if (prepared) {
				prepared.fields = result.fields;
			}
			return result;
		} catch (error) {
			if (text.name === "" || !isStalePlan(error)) {
				throw error;
			}
			this.#prepared.delete(sql);
			// in a transaction the error has spoiled it
			if (!isFree || this.#lost) {
				throw error;
			}
			return await this.#ended(sql, this.#start(unnamed(sql), values));
		}
	}

	/** A statement with the name under which it is prepared; without one where there is no room for more. */
	#textOf(sql: string): StatementText {
		const known = this.#prepared.get(sql);
		if (known) {
			return { sql, name: known.name, isKnown: true, fields: known.fields };
		}
		const { preparedStatements } = this.server.options;
		return this.#prepared.size < preparedStatements
			? { ...unnamed(sql), name: `${namesBegin}${nextName++}` }
			: unnamed(sql);
	}

	/** Sends a statement. */
	#start(
		text: StatementText,
		values: ConstructorParameters<typeof PostgresStatement>[1],
		chunkSize = 0,
	): PostgresStatement {
		const statement = new PostgresStatement(text, values, chunkSize);
		this.#statement = statement;
		this.#sql = text.sql;
		this.#preparing = text.name === "" || text.isKnown ? undefined : text;
		if (this.#lost) {
			statement.fail(this.#lost);
		} else {
			this.#client.query(statement);
		}
		return statement;
	}

	async #ended(
		sql: string,
		statement: PostgresStatement,
	): Promise<StatementResult> {
		const wasInside = this.inTransaction;
		this.#deadline.start();
		try {
			const result = await statement.settled;
			this.server.answers++;
			if (!wasInside && this.inTransaction) {
				this.#isReadingOnly = /\bread only\b/i.test(sql);
			}
			return result;
		} catch (error) {
			throw this.#judged(error);
		} finally {
			this.#deadline.stop();
			this.#sql = undefined;
		}
	}

	/** Gives the connection up when the server takes too long. */
	async #timed<Value>(work: Promise<Value>): Promise<Value> {
		this.#deadline.start();
		try {
			const value = await work;
			this.server.answers++;
			return value;
		} finally {
			this.#deadline.stop();
		}
	}

	async #turn(): Promise<void> {
		await this.#turns.take();
		if (!this.#lost) {
			return;
		}
		this.#turns.pass();
		throw lostBefore(this.server, this.#lost);
	}

	/** Gives the connection up after an error that says so. */
	#judged(error: unknown): unknown {
		const { severity, code } = error as { severity?: unknown; code?: unknown };
		if (isReported(error)) {
			this.server.answers++;
		}
		// later ones say only that the transaction is lost
		if (code !== "25P02") {
			this.#spoiledBy = error;
		}
		if (code === "25006" && this.#isReadingOnly) {
			noteOwnRefusal(error as Error);
		}
		const isOver = severity === "FATAL" || severity === "PANIC";
		if (isOver || isBrokenOff(error) || isServerReadOnly(error)) {
			this.#lose(error as Error);
		}
		return error;
	}

	/** A proxy knows whose statement is to be ended only as long as its client is there. */
	#hangUp(): void {
		const { stream } = this.#client.connection;
		if (this.killing === undefined) {
			stream.destroy();
		} else {
			void this.killing.finally(() => stream.destroy());
		}
	}

	#lose(reason: Error): void {
		if (this.#lost) {
			return;
		}
		// the server has often said why, before it closed
		const told = this.#statement?.error ?? reason;
		this.#deadline.close();
		const wasInside = this.inTransaction;
		this.#lost = told;
		if (!isServerReadOnly(told)) {
			Object.assign(told, { fatal: true });
		}
		const isIdle = this.#sql === undefined;
		if (isIdle || (wasInside && !mayCommit(this.#sql))) {
			noteUndone(told);
		}
		this.#hangUp();
		this.#statement?.fail(told);
		this.onLost?.(told);
	}
}

function unnamed(sql: string): StatementText {
	return { sql, name: "", isKnown: false, fields: undefined };
}

function isUnknown({ dataTypeID }: PgField, types: PostgresTypes): boolean {
	return types.isUnknown(dataTypeID);
}

/** Names are not used again, in no process: one that a proxy has kept on another session is never meant. */
const namesBegin = `vivace_${crypto.randomUUID().slice(0, 8)}_`;
let nextName = 1;

/** True when a statement may store what its transaction has written: a commit, a procedure, a block. In doubt it may. */
function mayCommit(sql: string | undefined): boolean {
	return sql !== undefined && !staysInTransaction.test(sql);
}

const staysInTransaction =
	/^[\s(]*(?:select|insert|update|delete|merge|with|values|show|savepoint|release|rollback|create|alter|drop|truncate|lock)\b/i;
