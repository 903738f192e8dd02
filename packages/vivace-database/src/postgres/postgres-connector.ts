import { isServerReadOnly } from "../errors/database-error.ts";
import { SetupError } from "../errors/setup-error.ts";
import { connectionsWarning } from "../pool/connections-warning.ts";
import type { Connector } from "../pool/pooled-connection.ts";
import type { Server, Standing } from "../pool/server.ts";
import { within } from "../pool/within.ts";
import type { PgClient, PgConfig, PgModule, PgTypeParsers } from "./pg-port.ts";
import { PostgresConnection } from "./postgres-connection.ts";
import type { ResolvedPostgresOptions } from "./postgres-options.ts";
import {
	PostgresStatement,
	type StatementResult,
} from "./postgres-statement.ts";
import { PostgresTypes } from "./postgres-types.ts";

/**
 * Everything that a session needs, in one statement: dates as texts in UTC, nothing that an account or a database has set differently. A machine that
 * is gone says no goodbye, and what its sessions have locked stays so until the server asks: by default after two hours.
 * A standby, and a server whose transactions are read-only by default, takes no writes. Through a proxy that lends sessions to one transaction
 * after another only that is set which it keeps for each of its clients, as PgBouncer does with what servers report.
 */
const sessionStatement = `select
	set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, MDY', false), set_config('application_name', $1, false),
	pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean,
	current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
	case when not pg_is_in_recovery() then substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end`;
const ownSessionStatement = `${sessionStatement},
	set_config('IntervalStyle', 'iso_8601', false), set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '1', false),
	set_config('statement_timeout', $2, false), set_config('lock_timeout', $3, false),
	set_config('search_path', coalesce($4, current_setting('search_path')), false),
	set_config('tcp_keepalives_idle', $5, false), set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)`;
const isReadOnlyColumn = 3;
const connectionsColumn = 4;
const timelineColumn = 5;

/** Connects, and has what `pg` makes of columns' texts. */
export interface PostgresConnector extends Connector<PostgresConnection> {
	readonly typeParsers: PgTypeParsers;
}

/**
 * Connects to PostgreSQL.
 *
 * @throws SetupError `VIV_OPTION` without the driver: programs with other databases do without it
 */
export async function postgresConnector(
	options: ResolvedPostgresOptions,
): Promise<PostgresConnector> {
	const pg = await importPg();
	const types = new PostgresTypes();
	const warnOnce = connectionsWarning("postgres", options);
	const isStale = timelineWatch();
	return {
		typeParsers: pg.types,
		connect: async (server) => {
			const client = new pg.Client(configOf(server));
			// pg has no listener of its own; without one, an error that comes when nothing is under way would end the process
			const failure: { error?: Error } = {};
			client.on("error", (error) => {
				failure.error ??= error;
			});
			try {
				return await within(
					options.connectTimeoutMs,
					logIn(pg, client, server, options, types, warnOnce, isStale, failure),
				);
			} catch (error) {
				client.connection.stream.destroy();
				// a session that ends before its first statement has said why
				throw lostInLogIn(failure.error ?? error);
			}
		},
		standingAfter,
		isFull: (error) => (error as { code?: unknown }).code === "53300",
	};
}

async function importPg(): Promise<PgModule> {
	try {
		const { default: pg } = await import("pg");
		return pg as unknown as PgModule; // its own types leave out what it is made of
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'a PostgreSQL database needs the package "pg": npm install pg.',
			{ cause },
		);
	}
}

/** pg's error of a connection that the server closed in the middle of the log-in says nothing but that; a server that stops does so. */
function lostInLogIn(error: unknown): unknown {
	return error instanceof Error && /^Connection terminated/.test(error.message)
		? Object.assign(error, { code: "ECONNRESET", fatal: true })
		: error;
}

/** Nothing is left to the environment (`PGPASSWORD`, `PGSSLMODE`): what a URL does not say is not so. */
function configOf({ host, port, options }: Server): PgConfig {
	return {
		host: options.socketPath ?? host,
		port,
		user: options.user,
		password: () => options.password,
		database: options.database,
		ssl: tlsOf(options.ssl),
		keepAlive: true,
		keepAliveInitialDelayMillis: options.keepAliveDelayMs,
	};
}

function tlsOf(ssl: Server["options"]["ssl"]): PgConfig["ssl"] {
	if (ssl === undefined) {
		return false;
	}
	const { verifyIdentity = true, ...rest } = ssl;
	return {
		rejectUnauthorized: true,
		...rest,
		...(!verifyIdentity && { checkServerIdentity: () => undefined }),
	};
}

async function logIn(
	pg: PgModule,
	client: PgClient,
	server: Server,
	options: ResolvedPostgresOptions,
	types: PostgresTypes,
	warn: (available: number) => void,
	isStale: (timeline: string | null | undefined) => boolean,
	failure: { readonly error?: Error },
): Promise<PostgresConnection> {
	await new Promise<void>((resolve, reject) =>
		client.connect((error) => (error ? reject(error) : resolve())),
	);
	const { rows } = await setUp(client, server, options);
	for (const statement of server.options.onConnect) {
		await runAlone(client, statement, []);
	}
	warn(Number(rows[0]?.[connectionsColumn]));
	// its end may have come with the last answer, before anybody could hear of it there
	if (failure.error) {
		throw failure.error;
	}
	return new PostgresConnection(client, {
		server,
		isServerReadOnly:
			rows[0]?.[isReadOnlyColumn] === "t" || isStale(rows[0]?.[timelineColumn]),
		types,
		isOwnSession: !options.transactionPooling,
		cancel: () => cancel(pg, client, server),
	});
}

function setUp(
	client: PgClient,
	server: Server,
	{ applicationName, searchPath, transactionPooling }: ResolvedPostgresOptions,
): Promise<StatementResult> {
	if (transactionPooling) {
		return runAlone(client, sessionStatement, [applicationName]);
	}
	const { queryTimeoutMs, lockWaitTimeoutMs, keepAliveDelayMs } =
		server.options;
	return runAlone(client, ownSessionStatement, [
		applicationName,
		String(queryTimeoutMs === 0 ? 0 : queryTimeoutMs + 1_000),
		String(lockWaitTimeoutMs),
		searchPath ?? null,
		String(Math.ceil(keepAliveDelayMs / 1_000)),
	]);
}

/** Runs a statement on a client that is nobody's yet. */
function runAlone(
	client: PgClient,
	sql: string,
	values: readonly (string | null)[],
): Promise<StatementResult> {
	const statement = new PostgresStatement(
		{ sql, name: "", isKnown: false, fields: undefined },
		values,
	);
	client.on("error", (error) => statement.fail(error));
	client.connection.once("readyForQuery", () =>
		statement.handleReadyForQuery(),
	);
	client.query(statement);
	return statement.settled;
}

/** Asks the server to end what a session runs: a message of its own, on a connection of its own, which the server closes without an answer. */
async function cancel(
	pg: PgModule,
	client: PgClient,
	{ host, port, options }: Server,
): Promise<void> {
	const { processID, secretKey } = client;
	if (processID === null || secretKey === null) {
		return;
	}
	const side = new pg.Connection({ ssl: tlsOf(options.ssl) });
	const closed = new Promise<void>((resolve) => {
		side.on("end", resolve);
		side.on("error", () => resolve()); // who can't be told ends the statement when its own limit has passed
	});
	const send = () => side.cancel(processID, secretKey);
	side.on("connect", () => (options.ssl ? side.requestSsl() : send()));
	side.on("sslconnect", send);
	if (options.socketPath === undefined) {
		side.connect(port, host);
	} else {
		side.connect(`${options.socketPath}/.s.PGSQL.${port}`);
	}
	try {
		await within(options.connectTimeoutMs, closed);
	} catch {
		// as above
	} finally {
		side.stream.destroy();
	}
}

function standingAfter(error: unknown): Standing | undefined {
	return isServerReadOnly(error) ? "readOnly" : undefined;
}

/**
 * True for a primary that a standby has been promoted over: it has come back as if nothing had happened, and what is written there is lost when it is
 * made a standby. A promotion begins a new timeline, which is a higher number.
 */
function timelineWatch(): (timeline: string | null | undefined) => boolean {
	let newest = "";
	return (timeline) => {
		const found = timeline ?? newest;
		newest = found > newest ? found : newest;
		return found < newest;
	};
}
