import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** Where a MySQL or MariaDB server is, who we are there, and how its pool behaves. All times are in milliseconds. */
export interface MysqlOptions {
	/**
	 * A name or an address; several of a cluster, separated by commas and each with a port of its own if need be, mean the same as
	 * `hosts`: `"db1:3306,db2,[::1]:3307"`. Default: `"127.0.0.1"`.
	 */
	readonly host?: string;
	/** Of every host that has no port of its own. Default: 3306. */
	readonly port?: number;
	/**
	 * The servers of a cluster, the preferred one first; instead of `host`. All connections go to one of them: the first that can write.
	 * One that can't be reached, does not answer, is out of quorum or read-only is left out for a second, for longer each time it
	 * happens again, and used again once it is well.
	 */
	readonly hosts?: readonly MysqlHost[];
	/** Path of a Unix socket, used instead of `host` and `port`. */
	readonly socketPath?: string;
	readonly user: string;
	/** Default: no password. */
	readonly password?: string;
	readonly database: string;
	/** TLS; `{}` verifies the server's certificate against the system's authorities, and its name. Default: no TLS. */
	readonly ssl?: MysqlTlsOptions;

	/** Connections of this process at most; processes × size should stay below 90 % of `max_connections`. Default: 10. */
	readonly size?: number;
	/** How long a caller waits for a connection, tries to connect included; then `POOL_TIMEOUT`. Default: 5,000. */
	readonly acquireTimeoutMs?: number;
	/** How many callers may wait; the next one gets `POOL_QUEUE_FULL` at once. Default: 1,000. */
	readonly queueLimit?: number;
	/**
	 * How long a statement may take, and a stream may be silent: then `QUERY_TIMEOUT`, the connection is destroyed and the server is
	 * told to kill it. `0` is no limit. The server's own limit (`max_statement_time`, `max_execution_time`) is set a second later,
	 * for the case that the server can't be told. Default: 10,000.
	 */
	readonly queryTimeoutMs?: number;
	/** How long one try to connect may take, log-in included. Default: 2,000. */
	readonly connectTimeoutMs?: number;
	/** A connection that was idle for longer is asked (`COM_PING`) before it is lent. Default: 500. */
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
	/** How long a statement waits for a row lock, rounded up to seconds on the server (error 1205). Default: 5,000. */
	readonly lockWaitTimeoutMs?: number;
	/**
	 * How many statements of `compileQuery` each connection keeps prepared on its server; where the server has no room for more, they are sent
	 * as text like all others. `0` sends all as text, for a proxy that hinders prepared statements. Default: 100.
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
export interface MysqlTlsOptions {
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
export interface MysqlHost {
	readonly host: string;
	/** Default: `port` of {@link MysqlOptions}. */
	readonly port?: number;
}

/** {@link MysqlOptions} with every default filled in. */
export interface ResolvedMysqlOptions {
	/** At least one; just one with `socketPath`. */
	readonly hosts: readonly Required<MysqlHost>[];
	readonly socketPath: string | undefined;
	readonly user: string;
	readonly password: string;
	readonly database: string;
	readonly ssl: MysqlTlsOptions | undefined;
	readonly size: number;
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

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` for a number that makes no sense, naming option, rule and value.
 */
export function resolveMysqlOptions(
	options: MysqlOptions,
): ResolvedMysqlOptions {
	assertOptions("mysql", options, rules);
	for (const name of ["user", "database"] as const) {
		if (!options[name]) {
			throw new SetupError("VIV_OPTION", `mysql.${name} must be given.`);
		}
	}
	return {
		hosts: resolveHosts(options),
		socketPath: options.socketPath,
		user: options.user,
		password: options.password ?? "",
		database: options.database,
		ssl: options.ssl,
		size: integer(options, "size", 10, 1),
		acquireTimeoutMs: integer(options, "acquireTimeoutMs", 5_000, 1),
		queueLimit: integer(options, "queueLimit", 1_000, 0),
		queryTimeoutMs: integer(options, "queryTimeoutMs", 10_000, 0),
		connectTimeoutMs: integer(options, "connectTimeoutMs", 2_000, 1),
		validateAfterMs: integer(options, "validateAfterMs", 500, 0),
		pingTimeoutMs: integer(options, "pingTimeoutMs", 500, 1),
		maxIdle: integer(options, "maxIdle", 1, 0),
		idleTimeoutMs: integer(options, "idleTimeoutMs", 60_000, 1),
		maxLifetimeMs: integer(options, "maxLifetimeMs", 1_800_000, 1),
		keepAliveDelayMs: integer(options, "keepAliveDelayMs", 10_000, 0),
		lockWaitTimeoutMs: integer(options, "lockWaitTimeoutMs", 5_000, 1),
		preparedStatements: integer(options, "preparedStatements", 100, 0, 16_000),
		closeTimeoutMs: integer(options, "closeTimeoutMs", 5_000, 0),
		log: options.log ?? ((line) => console.warn(line)),
	};
}

const tlsRules: OptionRules<MysqlTlsOptions> = {
	ca: "any",
	cert: "any",
	key: "any",
	passphrase: "text",
	ciphers: "text",
	minVersion: ["TLSv1.2", "TLSv1.3"],
	rejectUnauthorized: "boolean",
	verifyIdentity: "boolean",
};

const hostRules: OptionRules<MysqlHost> = {
	host: { required: "text" },
	port: "any",
};

/** The numbers by {@link integer}. */
const rules: OptionRules<MysqlOptions> = {
	host: "text",
	port: "any",
	hosts: "list",
	socketPath: "text",
	user: { required: "text" },
	password: "text",
	database: { required: "text" },
	ssl: { nested: tlsRules },
	size: "any",
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
export function addressOf(options: ResolvedMysqlOptions): string {
	const { socketPath, hosts } = options;
	return (
		socketPath ?? hosts.map(({ host, port }) => `${host}:${port}`).join(", ")
	);
}

function resolveHosts(options: MysqlOptions): Required<MysqlHost>[] {
	const port = integer(options, "port", 3306, 1, 65_535);
	const { host = "127.0.0.1", hosts = fromText(host), socketPath } = options;
	if (options.hosts !== undefined && options.host !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			"mysql.hosts and mysql.host exclude each other; give one of them.",
		);
	}
	if (socketPath !== undefined && hosts.length > 1) {
		throw new SetupError(
			"VIV_OPTION",
			"mysql.socketPath is one server; it can't be given with several hosts.",
		);
	}
	if (!Array.isArray(hosts) || hosts.length === 0) {
		throw new SetupError("VIV_OPTION", "mysql.hosts needs at least one host.");
	}
	const resolved = hosts.map((each: MysqlHost) => ({ port, ...each }));
	for (const each of resolved) {
		assertOptions("mysql: hosts", each, hostRules);
		if (!each.host) {
			throw new SetupError("VIV_OPTION", "mysql.hosts names an empty host.");
		}
		integer(each, "port", port, 1, 65_535);
	}
	return resolved;
}

/** `db1:3306,db2,[::1]:3307`. A colon that is not the only one is part of an IPv6 address. */
function fromText(text: string): MysqlHost[] {
	return text.split(",").map((part) => {
		const [, bracketed, name, port] =
			/^(?:\[(.*)\]|([^:]*|[^:]*:.*:.*))(?::([^:]*))?$/.exec(part.trim()) ?? [];
		const host = bracketed ?? name ?? "";
		return port === undefined ? { host } : { host, port: Number(port) };
	});
}

type NumericOption = {
	[Name in keyof MysqlOptions]-?: number extends MysqlOptions[Name]
		? Name
		: never;
}[keyof MysqlOptions];

/** Timers hold 31 bits; a longer time would fire at once. */
const longestMs = 2 ** 31 - 1;

function integer(
	options: Pick<MysqlOptions, NumericOption>,
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
		`mysql.${name} must be an integer from ${least} to ${most}, not ${value}.`,
	);
}
