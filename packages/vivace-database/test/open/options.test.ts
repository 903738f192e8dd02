import assert from "node:assert/strict";
import { test } from "node:test";
import { SetupError } from "../../src/errors/setup-error.ts";
import { type DatabaseOptions, openDatabase } from "../../src/index.ts";
import {
	type MysqlOptions,
	resolveMysqlOptions,
} from "../../src/mysql/mysql-options.ts";
import { fromUrl } from "../../src/open/database-url.ts";
import { addressOf } from "../../src/pool/server-options.ts";
import {
	type PostgresOptions,
	resolvePostgresOptions,
} from "../../src/postgres/postgres-options.ts";
import { resolveSqliteOptions } from "../../src/sqlite/sqlite-options.ts";

const account = { user: "app", database: "shop" };

test("the pool's defaults are the measured ones", () => {
	const { log, ...rest } = resolveMysqlOptions(account);
	assert.equal(typeof log, "function");
	assert.deepEqual(rest, {
		hosts: [{ host: "127.0.0.1", port: 3306 }],
		socketPath: undefined,
		user: "app",
		password: "",
		database: "shop",
		ssl: undefined,
		onConnect: [],
		openAhead: 0,
		size: 10,
		processes: 1,
		acquireTimeoutMs: 5_000,
		queueLimit: 1_000,
		queryTimeoutMs: 10_000,
		preparedStatements: 100,
		connectTimeoutMs: 2_000,
		validateAfterMs: 500,
		pingTimeoutMs: 500,
		maxIdle: 1,
		idleTimeoutMs: 60_000,
		maxLifetimeMs: 1_800_000,
		keepAliveDelayMs: 10_000,
		lockWaitTimeoutMs: 5_000,
		closeTimeoutMs: 5_000,
	});
	assert.equal(addressOf(resolveMysqlOptions(account)), "127.0.0.1:3306");
	assert.equal(
		addressOf(resolveMysqlOptions({ ...account, socketPath: "/run/db.sock" })),
		"/run/db.sock",
	);
});

test("a host may be several, in a list or in a text, with the port of all or each its own", () => {
	const hosts = [
		{ host: "db1", port: 3306 },
		{ host: "db2", port: 3307 },
		{ host: "::1", port: 3308 },
	];
	const table: readonly Partial<MysqlOptions>[] = [
		{ hosts },
		{
			hosts: [{ host: "db1" }, { host: "db2", port: 3307 }, hosts[2] as never],
		},
		{ host: "db1,db2:3307,[::1]:3308" },
		{ host: " db1:3306 , db2 , [::1]:3308", port: 3307 },
	];
	for (const options of table) {
		assert.deepEqual(
			resolveMysqlOptions({ ...account, ...options }).hosts,
			hosts,
			JSON.stringify(options),
		);
	}
	assert.deepEqual(resolveMysqlOptions({ ...account, host: "fe80::1" }).hosts, [
		{ host: "fe80::1", port: 3306 },
	]);
	assert.equal(
		addressOf(resolveMysqlOptions({ ...account, hosts })),
		"db1:3306, db2:3307, ::1:3308",
	);
});

test("a number that makes no sense is refused by name, rule and value", () => {
	const table: readonly [work: () => unknown, message: RegExp][] = [
		[() => resolveMysqlOptions({ ...account, size: 0 }), /mysql\.size .* 0\./],
		[
			() => resolveMysqlOptions({ ...account, port: 70_000 }),
			/mysql\.port must be an integer from 1 to 65535, not 70000/,
		],
		[
			() => resolveMysqlOptions({ ...account, queryTimeoutMs: 1.5 }),
			/mysql\.queryTimeoutMs .* not 1\.5/,
		],
		[
			() => resolveMysqlOptions({ ...account, acquireTimeoutMs: 2 ** 31 }),
			/mysql\.acquireTimeoutMs/,
		],
		[() => resolveMysqlOptions({ ...account, user: "" }), /mysql\.user/],
		[() => resolveMysqlOptions({ ...account, hosts: [] }), /at least one host/],
		[
			() => resolveMysqlOptions({ ...account, host: "a", hosts: [] }),
			/mysql\.hosts and mysql\.host exclude each other/,
		],
		[
			() => resolveMysqlOptions({ ...account, host: "a,b", socketPath: "/s" }),
			/mysql\.socketPath is one server/,
		],
		[() => resolveMysqlOptions({ ...account, host: "a,,b" }), /an empty host/],
		[
			() => resolveMysqlOptions({ ...account, host: "a,b:many" }),
			/mysql\.port must be an integer from 1 to 65535, not NaN/,
		],
		[() => resolveSqliteOptions({ path: "" }), /sqlite\.path/],
		[
			() => resolveSqliteOptions({ path: "a", busyTimeoutMs: -1 }),
			/sqlite\.busyTimeoutMs/,
		],
		[
			() => resolveSqliteOptions({ path: "a", synchronous: "off" as "full" }),
			/sqlite: synchronous must be one of "full", "normal", got "off"/,
		],
	];
	for (const [work, message] of table) {
		assert.throws(
			work,
			(error) =>
				error instanceof SetupError &&
				error.code === "VIV_OPTION" &&
				message.test(error.message),
		);
	}
});

test("a URL says which database it is, and its query holds options", () => {
	const table: readonly [url: string, options: unknown][] = [
		["sqlite:data/app.db", { sqlite: { path: "data/app.db" } }],
		["sqlite:///var/lib/app.db", { sqlite: { path: "/var/lib/app.db" } }],
		["sqlite::memory:", { sqlite: { path: ":memory:" } }],
		[
			"sqlite:a%20b.db?synchronous=normal&queueLimit=5",
			{ sqlite: { path: "a b.db", synchronous: "normal", queueLimit: 5 } },
		],
		[
			"mysql://app:p%40ss@db.example:3307/shop?size=20",
			{
				mysql: {
					host: "db.example",
					port: 3307,
					user: "app",
					password: "p@ss",
					database: "shop",
					size: 20,
				},
			},
		],
		[
			"mysql://app:p,ss@db1:3307,db2/shop?size=20",
			{
				mysql: {
					host: "db1:3307,db2",
					user: "app",
					password: "p,ss",
					database: "shop",
					size: 20,
				},
			},
		],
		[
			"mariadb://app@[::1]/shop",
			{ mysql: { host: "::1", user: "app", password: "", database: "shop" } },
		],
	];
	for (const [url, options] of table) {
		assert.deepEqual(fromUrl(url), options, url);
	}
});

test("a URL that stands for nothing we know is refused", () => {
	const table: readonly [url: string, message: RegExp][] = [
		["mongodb://localhost/shop", /VIV_OPTION: .*postgres:.*mongodb:/],
		["postgres://localhost/shop", /postgres\.user must be given/],
		[
			"postgres://app@h/shop?sslmode=prefer",
			/sslmode .* must be one of disable, require, verify-ca, verify-full, not "prefer"/,
		],
		[
			"postgres://app@h/shop?target_session_attrs=any",
			/target_session_attrs .* must be read-write, not "any"/,
		],
		[
			"postgres://app@h/shop?sice=2",
			/postgres: there is no option "sice"; did you mean "size"/,
		],
		[
			"postgres://app@h/shop?connect_timeout=soon",
			/postgres\.connectTimeoutMs must be an integer/,
		],
		[
			"notes.db",
			/"notes\.db" is no database URL; write sqlite:notes\.db, postgres:/,
		],
		["mysql://app:secret@:x", /"mysql:\/\/app:\*\*\*@:x" is no database URL/],
		["mysql://app:a/b:c@d@:x", /"mysql:\/\/app:\*\*\*@:x" is no database URL/],
		["mysql://app:a/b@host/shop", /"mysql:\/\/app:\*\*\*@host\/shop" is no/],
		["sqlite://data/app.db", /write sqlite:data\/app\.db/],
		[
			"sqlite:a.db?sice=2",
			/no option "sice"; there are .*path, queueLimit, synchronous/,
		],
		["mysql://app@localhost/shop?size=many", /mysql\.size .* not many/],
		["mysql://localhost/shop", /mysql\.user must be given/],
		["mysql://app@a/shop?host=b", /has its host before the "\?"/],
		["mysql://app@a/shop?ssl=true", /mysql: ssl: expected a record/],
	];
	for (const [url, message] of table) {
		assert.throws(() => fromUrl(url), message, url);
	}
});

test("a URL of PostgreSQL has libpq's names, and ours", () => {
	const { postgres } = fromUrl(
		"postgresql://app:p%40ss@db1,[::1]:5433/shop?sslmode=verify-full&application_name=till&connect_timeout=3&search_path=a,b" +
			"&target_session_attrs=read-write&size=20",
	);
	assert.deepEqual(postgres, {
		host: "db1,[::1]:5433",
		user: "app",
		password: "p@ss",
		database: "shop",
		ssl: {},
		applicationName: "till",
		connectTimeoutMs: 3_000,
		searchPath: ["a", "b"],
		size: 20,
	});
	const resolved = resolvePostgresOptions(postgres as PostgresOptions);
	assert.deepEqual(resolved.hosts, [
		{ host: "db1", port: 5432 },
		{ host: "::1", port: 5433 },
	]);
	assert.equal(resolved.searchPath, '"a", "b"');
	const ssl = (mode: string) =>
		fromUrl(`postgres://app@h/shop?sslmode=${mode}`).postgres?.ssl;
	assert.equal(ssl("disable"), undefined);
	assert.deepEqual(ssl("require"), { rejectUnauthorized: false });
	assert.deepEqual(ssl("verify-ca"), { verifyIdentity: false });
});

test("options of PostgreSQL that make no sense are refused", () => {
	for (const [options, message] of [
		[{ searchPath: [] }, /searchPath must be the name of a schema, or a list/],
		[{ processes: 0 }, /postgres\.processes must be an integer from 1 to/],
		[{ applicationName: 1 }, /applicationName must be a text/],
		[{ size: 0 }, /postgres\.size must be an integer from 1/],
	] as const) {
		assert.throws(
			() =>
				resolvePostgresOptions({ ...account, ...options } as PostgresOptions),
			message,
		);
	}
});

test("exactly one database is opened", async () => {
	const table: readonly [options: DatabaseOptions, message: RegExp][] = [
		[{}, /exactly one of url, sqlite, postgres, mysql and dialect, not none/],
		[
			{ url: "sqlite::memory:", sqlite: { path: ":memory:" } },
			/not url and sqlite/,
		],
	];
	for (const [options, message] of table) {
		await assert.rejects(openDatabase(options), message);
	}
});
