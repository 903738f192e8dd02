import { SetupError } from "../errors/setup-error.ts";
import {
	type MysqlOptions,
	resolveMysqlOptions,
} from "../mysql/mysql-options.ts";
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
} {
	const [text, hosts] = withoutHosts(String(from));
	const url = URL.parse(text);
	if (url === null) {
		throw new SetupError(
			"VIV_OPTION",
			`"${withoutPassword(text)}" is no database URL; write sqlite:${/[:@]/.test(text) ? "data/app.db" : text}, mysql://user:password@host/name or mariadb://….`,
		);
	}
	switch (url.protocol) {
		case "sqlite:":
			return { sqlite: sqliteFrom(url) };
		case "mysql:":
		case "mariadb:":
			return { mysql: mysqlFrom(url, hosts) };
		default:
			throw new SetupError(
				"VIV_OPTION",
				`a database URL begins with sqlite:, mysql: or mariadb:, not with "${url.protocol}".`,
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
		/^((?:mysql|mariadb):\/\/(?:[^/?#]*@)?)([^/?#@]*,[^/?#@]*)(.*)$/.exec(
			text,
		) ?? [];
	return hosts === undefined
		? [text, hosts]
		: [`${before}hosts${after}`, hosts];
}

function mysqlFrom(url: URL, hosts: string | undefined): MysqlOptions {
	assertSaidOnce(url, ["host", "hosts", "user", "password", "database"]);
	const options = {
		...queryOf(url),
		host: hosts ?? (url.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1"),
		...(url.port && { port: Number(url.port) }),
		user: decodeURIComponent(url.username),
		password: decodeURIComponent(url.password),
		database: decodeURIComponent(url.pathname.slice(1)),
	};
	resolveMysqlOptions(options);
	return options;
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
