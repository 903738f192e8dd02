import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** Where a database server is, who we are there, and how its pool behaves. All times are in milliseconds. */
export interface ServerOptions {
	/**
	 * A name or an address; several of a cluster, separated by commas and each with a port of its own if need be, mean the same as
	 * `hosts`: `"db1:3306,db2,[::1]:3307"`. Default: `"127.0.0.1"`.
	 */
	readonly host?: string;
	/** Of every host that has no port of its own. Default: 3306, on PostgreSQL 5432. */
	readonly port?: number;
	/**
	 * The servers of a cluster, the preferred one first; instead of `host`. All connections go to one of them: the first that can write.
	 * One that can't be reached, does not answer, is out of quorum or read-only is left out for a second, for longer each time it
	 * happens again, and used again once it is well.
	 */
	readonly hosts?: readonly ServerHost[];
	/** Path of a Unix socket, used instead of `host` and `port`; on PostgreSQL the folder that it is in. */
	readonly socketPath?: string;
	readonly user: string;
	/** Default: no password. */
	readonly password?: string;
	readonly database: string;
	/** TLS; `{}` verifies the server's certificate against the system's authorities, and its name. Default: no TLS. */
	readonly ssl?: ServerTlsOptions;

	/**
	 * Statements that each new connection runs first: `set role reader`, `set sql_mode = …`. They are the program's own, and not undone when a
	 * connection is lent again. Default: none.
	 */
	readonly onConnect?: readonly string[];
	/**
	 * How many connections are opened before the database is, and stay open while nobody uses them. Default: 0, one that shows whether the server
	 * answers.
	 */
	readonly openAhead?: number;
	/** Connections of this process at most; processes × size should stay below 90 % of `max_connections`. Default: 10. */
	readonly size?: number;
	/**
	 * How many programs like this one use the server, started by hand, on other machines, as replicas of a deployment: for the warning when all
	 * together may want more connections than it takes. The workers of `serve({ workers })` are counted without it. Default: 1.
	 */
	readonly processes?: number;
	/** How long a caller waits for a connection, tries to connect included; then `POOL_TIMEOUT`. Default: 5,000. */
	readonly acquireTimeoutMs?: number;
	/** How many callers may wait; the next one gets `POOL_QUEUE_FULL` at once. Default: 1,000. */
	readonly queueLimit?: number;
	/**
	 * How long a statement may take, and a stream may be silent: then `QUERY_TIMEOUT`, the connection is destroyed and the server is
	 * told to end it. `0` is no limit. The server's own limit (`max_statement_time`, `max_execution_time`, `statement_timeout`) is set a second
	 * later, for the case that the server can't be told. Default: 10,000.
	 */
	readonly queryTimeoutMs?: number;
	/** How long one try to connect may take, log-in included. Default: 2,000. */
	readonly connectTimeoutMs?: number;
	/** A connection that was idle for longer is asked before it is lent. Default: 500. */
	readonly validateAfterMs?: number;
	/** How long the answer to that may take. Default: 500. */
	readonly pingTimeoutMs?: number;
	/** How many idle connections stay open past `idleTimeoutMs`. Default: 1. */
	readonly maxIdle?: number;
	/** An idle connection is closed after this time; keep it below the server's `wait_timeout` and any proxy's. Default: 60,000. */
	readonly idleTimeoutMs?: number;
	/** A connection is replaced after this time, give or take 10 %, so that load spreads again after a failover. Default: 1,800,000. */
	readonly maxLifetimeMs?: number;
	/** First TCP keep-alive probe after this time of silence. Default: 10,000. */
	readonly keepAliveDelayMs?: number;
	/** How long a statement waits for a lock; MySQL and MariaDB round up to seconds. Default: 5,000. */
	readonly lockWaitTimeoutMs?: number;
	/**
	 * How many statements of `compileQuery` each connection keeps prepared on its server; where the server has no room for more, they are sent
	 * as text like all others. `0` names none, for a proxy that hinders prepared statements (ProxySQL; for PgBouncer see `transactionPooling`). Default: 100.
	 */
	readonly preparedStatements?: number;
	/** How long `close()` waits for lent connections to come back before it destroys them. Default: 5,000. */
	readonly closeTimeoutMs?: number;
	/**
	 * Gets a line each time connections go to another host of a list, and one when the schema's character set can't hold all text. Default:
	 * `console.warn`.
	 */
	readonly log?: (line: string) => void;
}

/** TLS to a server, as `node:tls` takes it: keys and certificates in PEM. */
export interface ServerTlsOptions {
	/** Authorities to trust instead of the system's. */
	readonly ca?: string | string[] | Buffer | Buffer[];
	/** Our own certificate, for a server that asks for one. */
	readonly cert?: string | string[] | Buffer | Buffer[];
	/** The key of our own certificate. */
	readonly key?: string | string[] | Buffer | Buffer[];
	readonly passphrase?: string;
	/** Default: Node's. */
	readonly ciphers?: string;
	/** Default: Node's, `"TLSv1.2"`. */
	readonly minVersion?: "TLSv1.2" | "TLSv1.3";
	/** True when the server's certificate must be trusted. Default: true. */
	readonly rejectUnauthorized?: boolean;
	/** True when the certificate must be that of the host's name. Default: true. */
	readonly verifyIdentity?: boolean;
}

/** A server of a cluster. */
export interface ServerHost {
	readonly host: string;
	/** Default: `port` of {@link ServerOptions}. */
	readonly port?: number;
}

/** {@link ServerOptions} with every default filled in. */
export interface ResolvedServerOptions {
	/** At least one; just one with `socketPath`. */
	readonly hosts: readonly Required<ServerHost>[];
	readonly socketPath: string | undefined;
	readonly user: string;
	readonly password: string;
	readonly database: string;
	readonly ssl: ServerTlsOptions | undefined;
	readonly onConnect: readonly string[];
	readonly openAhead: number;
	readonly size: number;
	/** The workers of each counted. */
	readonly processes: number;
	readonly acquireTimeoutMs: number;
	readonly queueLimit: number;
	readonly queryTimeoutMs: number;
	readonly connectTimeoutMs: number;
	readonly validateAfterMs: number;
	readonly pingTimeoutMs: number;
	readonly maxIdle: number;
	readonly idleTimeoutMs: number;
	readonly maxLifetimeMs: number;
	readonly keepAliveDelayMs: number;
	readonly lockWaitTimeoutMs: number;
	readonly preparedStatements: number;
	readonly closeTimeoutMs: number;
	readonly log: (line: string) => void;
}

/** An engine with servers, as messages and defaults know it. */
export interface ServerKind {
	/** The field of `DatabaseOptions`. */
	readonly name: "mysql" | "postgres";
	readonly port: number;
}

/**
 * Fills in the defaults. The names are checked by {@link serverRules}, which an engine adds its own to.
 *
 * @throws SetupError `VIV_OPTION` for a number that makes no sense, naming option, rule and value.
 */
export function resolveServerOptions(
	kind: ServerKind,
	options: ServerOptions,
): ResolvedServerOptions {
	for (const name of ["user", "database"] as const) {
		if (!options[name]) {
			throw new SetupError("VIV_OPTION", `${kind.name}.${name} must be given.`);
		}
	}
	const integer = (
		name: NumericOption,
		fallback: number,
		least: number,
		most?: number,
	) => integerOf(kind, options, name, fallback, least, most);
	const size = integer("size", 10, 1);
	const openAhead = integer("openAhead", 0, 0, size);
	return {
		hosts: resolveHosts(kind, options),
		socketPath: options.socketPath,
		user: options.user,
		password: options.password ?? "",
		database: options.database,
		ssl: options.ssl,
		onConnect: options.onConnect ?? [],
		openAhead,
		size,
		processes: integer("processes", 1, 1),
		acquireTimeoutMs: integer("acquireTimeoutMs", 5_000, 1),
		queueLimit: integer("queueLimit", 1_000, 0),
		queryTimeoutMs: integer("queryTimeoutMs", 10_000, 0),
		connectTimeoutMs: integer("connectTimeoutMs", 2_000, 1),
		validateAfterMs: integer("validateAfterMs", 500, 0),
		pingTimeoutMs: integer("pingTimeoutMs", 500, 1),
		maxIdle: Math.max(integer("maxIdle", 1, 0), openAhead),
		idleTimeoutMs: integer("idleTimeoutMs", 60_000, 1),
		maxLifetimeMs: integer("maxLifetimeMs", 1_800_000, 1),
		keepAliveDelayMs: integer("keepAliveDelayMs", 10_000, 0),
		lockWaitTimeoutMs: integer("lockWaitTimeoutMs", 5_000, 1),
		preparedStatements: integer("preparedStatements", 100, 0, 16_000),
		closeTimeoutMs: integer("closeTimeoutMs", 5_000, 0),
		log: options.log ?? ((line) => console.warn(line)),
	};
}

const tlsRules: OptionRules<ServerTlsOptions> = {
	ca: pemMistake,
	cert: pemMistake,
	key: pemMistake,
	passphrase: "text",
	ciphers: "text",
	minVersion: ["TLSv1.2", "TLSv1.3"],
	rejectUnauthorized: "boolean",
	verifyIdentity: "boolean",
};

const hostRules: OptionRules<ServerHost> = {
	host: { required: "text" },
	port: "any",
};

/** The rules of {@link ServerOptions}; numbers are looked at by {@link resolveServerOptions}. */
export const serverRules: OptionRules<ServerOptions> = {
	host: "text",
	port: "any",
	hosts: "list",
	socketPath: "text",
	user: { required: "text" },
	password: "text",
	database: { required: "text" },
	ssl: { nested: tlsRules },
	onConnect: (value) =>
		Array.isArray(value) && value.every((each) => typeof each === "string")
			? undefined
			: "a list of texts",
	openAhead: "any",
	size: "any",
	processes: "any",
	acquireTimeoutMs: "any",
	queueLimit: "any",
	queryTimeoutMs: "any",
	connectTimeoutMs: "any",
	validateAfterMs: "any",
	pingTimeoutMs: "any",
	maxIdle: "any",
	idleTimeoutMs: "any",
	maxLifetimeMs: "any",
	keepAliveDelayMs: "any",
	lockWaitTimeoutMs: "any",
	preparedStatements: "any",
	closeTimeoutMs: "any",
	log: "function",
};

/** Where the servers are, as messages name them: `127.0.0.1:3306`, `db1:3306, db2:3306`. */
export function addressOf(options: ResolvedServerOptions): string {
	const { socketPath, hosts } = options;
	return (
		socketPath ?? hosts.map(({ host, port }) => `${host}:${port}`).join(", ")
	);
}

function resolveHosts(
	kind: ServerKind,
	options: ServerOptions,
): Required<ServerHost>[] {
	const where = kind.name;
	const port = integerOf(kind, options, "port", kind.port, 1, 65_535);
	const { host = "127.0.0.1", hosts = fromText(host), socketPath } = options;
	if (options.hosts !== undefined && options.host !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}.hosts and ${where}.host exclude each other; give one of them.`,
		);
	}
	if (socketPath !== undefined && hosts.length > 1) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}.socketPath is one server; it can't be given with several hosts.`,
		);
	}
	if (!Array.isArray(hosts) || hosts.length === 0) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}.hosts needs at least one host.`,
		);
	}
	const resolved = hosts.map((each: ServerHost) => ({ port, ...each }));
	for (const each of resolved) {
		assertOptions(`${where}: hosts`, each, hostRules);
		if (!each.host) {
			throw new SetupError("VIV_OPTION", `${where}.hosts names an empty host.`);
		}
		integerOf(kind, each, "port", port, 1, 65_535);
	}
	return resolved;
}

/** `db1:3306,db2,[::1]:3307`. A colon that is not the only one is part of an IPv6 address. */
function fromText(text: string): ServerHost[] {
	return text.split(",").map((part) => {
		const [, bracketed, name, port] =
			/^(?:\[(.*)\]|([^:]*|[^:]*:.*:.*))(?::([^:]*))?$/.exec(part.trim()) ?? [];
		const host = bracketed ?? name ?? "";
		return port === undefined ? { host } : { host, port: Number(port) };
	});
}

type NumericOption = {
	[Name in keyof ServerOptions]-?: number extends ServerOptions[Name]
		? Name
		: never;
}[keyof ServerOptions];

/** Timers hold 31 bits; a longer time would fire at once. */
const longestMs = 2 ** 31 - 1;

function integerOf(
	kind: ServerKind,
	options: Pick<ServerOptions, NumericOption>,
	name: NumericOption,
	fallback: number,
	least: number,
	most: number = longestMs,
): number {
	const value = options[name] ?? fallback;
	if (Number.isInteger(value) && value >= least && value <= most) {
		return value;
	}
	throw new SetupError(
		"VIV_OPTION",
		`${kind.name}.${name} must be an integer from ${least} to ${most}, not ${value}.`,
	);
}

/** The check of certificates and keys, in PEM. */
function pemMistake(value: unknown): string | undefined {
	const isPem = (each: unknown) =>
		typeof each === "string" || each instanceof Uint8Array;
	return isPem(value) || (Array.isArray(value) && value.every(isPem))
		? undefined
		: "a text or bytes in PEM, or a list of these";
}
