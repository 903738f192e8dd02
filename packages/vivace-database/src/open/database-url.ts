import { SetupError } from "../errors/setup-error.ts";
import {
	type MysqlOptions,
	resolveMysqlOptions,
} from "../mysql/mysql-options.ts";
import {
	type PostgresOptions,
	resolvePostgresOptions,
} from "../postgres/postgres-options.ts";
import {
	resolveSqliteOptions,
	type SqliteOptions,
} from "../sqlite/sqlite-options.ts";

/**
 * The options that a database URL stands for.
 *
 * @throws SetupError `VIV_OPTION` for another scheme and for an option that does not exist.
 */
export function fromUrl(from: string | URL): {
	readonly sqlite?: SqliteOptions;
	readonly mysql?: MysqlOptions;
	readonly postgres?: PostgresOptions;
} {
	const [text, hosts] = withoutHosts(String(from));
	const url = URL.parse(text);
	if (url === null) {
		throw new SetupError(
			"VIV_OPTION",
			`"${withoutPassword(text)}" is no database URL; write sqlite:${/[:@]/.test(text) ? "data/app.db" : text}, postgres://user:password@host/name, mysql://… or mariadb://….`,
		);
	}
	switch (url.protocol) {
		case "sqlite:":
			return { sqlite: sqliteFrom(url) };
		case "mysql:":
		case "mariadb:":
			return { mysql: mysqlFrom(url, hosts) };
		case "postgres:":
		case "postgresql:":
			return { postgres: postgresFrom(url, hosts) };
		default:
			throw new SetupError(
				"VIV_OPTION",
				`a database URL begins with sqlite:, postgres:, mysql: or mariadb:, not with "${url.protocol}".`,
			);
	}
}

/** Up to the last `@`: what a password holds unescaped (`/`, `:`, `@`) is often why it is no URL. */
function withoutPassword(url: string): string {
	return url.replace(/(\/\/[^:@/]*:).*@/s, "$1***@");
}

function sqliteFrom(url: URL): SqliteOptions {
	const path = decodeURIComponent(url.pathname);
	if (url.host) {
		throw new SetupError(
			"VIV_OPTION",
			`"${url.href}" names a host; write sqlite:${url.host}${path} for a path from here, or sqlite:///${url.host}${path} from the root.`,
		);
	}
	assertSaidOnce(url, ["path"]);
	const options = { ...queryOf(url), path };
	resolveSqliteOptions(options);
	return options;
}

/** A URL has one host; what may be several of a cluster is taken out of it first: `mysql://app@db1:3306,db2/shop`. */
function withoutHosts(text: string): [url: string, hosts: string | undefined] {
	const [, before, hosts, after] =
		/^((?:mysql|mariadb|postgres|postgresql):\/\/(?:[^/?#]*@)?)([^/?#@]*,[^/?#@]*)(.*)$/.exec(
			text,
		) ?? [];
	return hosts === undefined
		? [text, hosts]
		: [`${before}hosts${after}`, hosts];
}

function mysqlFrom(url: URL, hosts: string | undefined): MysqlOptions {
	const options = { ...queryOf(url), ...accountOf(url, hosts) };
	resolveMysqlOptions(options);
	return options;
}

function postgresFrom(url: URL, hosts: string | undefined): PostgresOptions {
	const { account, query } = {
		account: accountOf(url, hosts),
		query: queryOf(url),
	};
	const options = { ...withLibpqNames(query), ...account };
	resolvePostgresOptions(options);
	return options;
}

function accountOf(url: URL, hosts: string | undefined) {
	assertSaidOnce(url, ["host", "hosts", "user", "password", "database"]);
	return {
		host: hosts ?? (url.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1"),
		...(url.port && { port: Number(url.port) }),
		user: decodeURIComponent(url.username),
		password: decodeURIComponent(url.password),
		database: decodeURIComponent(url.pathname.slice(1)),
	};
}

/** TLS by the names of libpq, which hosting services write into URLs. Those that fall back to no TLS are not among them. */
const sslModes: Readonly<Record<string, PostgresOptions["ssl"] | false>> = {
	disable: false,
	require: { rejectUnauthorized: false },
	"verify-ca": { verifyIdentity: false },
	"verify-full": {},
};

/** Options that have another name, or another unit, in the URLs of libpq and all that follows it. */
function withLibpqNames(
	query: Readonly<Record<string, unknown>>,
): Partial<PostgresOptions> {
	const {
		sslmode,
		application_name,
		connect_timeout,
		target_session_attrs,
		search_path,
		...rest
	} = query;
	const ssl = sslmode === undefined ? undefined : sslModes[String(sslmode)];
	if (sslmode !== undefined && ssl === undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`sslmode in a postgres: URL must be one of ${Object.keys(sslModes).join(", ")}, not "${sslmode}".`,
		);
	}
	if (
		target_session_attrs !== undefined &&
		target_session_attrs !== "read-write"
	) {
		throw new SetupError(
			"VIV_OPTION",
			`target_session_attrs in a postgres: URL must be read-write, not "${target_session_attrs}": connections go to the host that can write.`,
		);
	}
	return {
		...rest,
		...(ssl && { ssl }),
		...(application_name !== undefined && {
			applicationName: String(application_name),
		}),
		...(connect_timeout !== undefined && {
			connectTimeoutMs: Number(connect_timeout) * 1_000,
		}),
		...(search_path !== undefined && {
			searchPath: String(search_path).split(","),
		}),
	};
}

/** The query's options: digits are a number, everything else is text, which is refused where a number is asked for. */
function queryOf(url: URL): Record<string, never> {
	const options = [...url.searchParams].map(([name, value]) => [
		name,
		/^\d+$/.test(value) ? Number(value) : value,
	]);
	return Object.fromEntries(options);
}

/** Refuses options that the URL has before its query and again in it. */
function assertSaidOnce(url: URL, names: readonly string[]): void {
	const twice = names.find((name) => url.searchParams.has(name));
	if (twice !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`a ${url.protocol} URL has its ${twice} before the "?"; write it there.`,
		);
	}
}
