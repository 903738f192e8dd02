import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type RawBuilder, sql } from "kysely";
import { MariaDb } from "../../../vivace/test/support/mariadb.ts";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import { TlsAuthority } from "../../../vivace/test/support/tls-authority.ts";
import {
	type DatabaseOptions,
	openDatabase,
	type ServerTlsOptions,
} from "../../src/index.ts";

/** A server that takes nobody without TLS, and `certs` only with a certificate. */
interface SecureServer extends AsyncDisposable {
	options(
		host: string,
		database: "vivace" | "certs",
		ssl: ServerTlsOptions | undefined,
	): DatabaseOptions;
	/** Starts it again with another certificate. */
	restart(file: string): Promise<void>;
	/** Shows the protocol of the session's own connection. */
	readonly protocol: RawBuilder<{ value: string }>;
}

const engines: readonly {
	readonly name: string;
	readonly missing: string | undefined;
	start(authority: TlsAuthority): Promise<SecureServer>;
}[] = [
	{ name: "PostgreSQL", missing: Postgres.missing, start: securePostgres },
	{ name: "MariaDB", missing: MariaDb.missing, start: secureMariaDb },
];

for (const { name, missing, start } of engines) {
	const skip = missing ?? TlsAuthority.missing ?? false;
	suite(`TLS to ${name}`, { skip }, () => {
		let authority: TlsAuthority;
		let foreign: TlsAuthority;
		let server: SecureServer;
		let ca: string;
		before(async () => {
			authority = await TlsAuthority.make();
			foreign = await TlsAuthority.make();
			await authority.certify("server", "localhost");
			await authority.certify("address", "127.0.0.1");
			await authority.certify("client", "app");
			await foreign.certify("client", "app");
			ca = await authority.read("ca.pem");
			server = await start(authority);
		});
		after(async () => {
			await server?.[Symbol.asyncDispose]();
			await authority?.[Symbol.asyncDispose]();
			await foreign?.[Symbol.asyncDispose]();
		});

		const client = async (from: TlsAuthority) => ({
			ca,
			cert: await from.read("client.pem"),
			key: await from.read("client.key"),
		});
		const connect = async (
			host: string,
			ssl: ServerTlsOptions | undefined,
			database: "vivace" | "certs" = "vivace",
		) => {
			await using opened = await openDatabase<object>(
				server.options(host, database, ssl),
			);
			const { rows } = await server.protocol.execute(opened.db);
			return rows[0]?.value;
		};

		test("names and authorities are checked, unless that is not wanted", async () => {
			assert.equal(await connect("localhost", { ca }), "TLSv1.3");
			await assert.rejects(connect("127.0.0.1", { ca }), /altnames/);
			assert.equal(
				await connect("127.0.0.1", { ca, verifyIdentity: false }),
				"TLSv1.3",
			);
			await assert.rejects(connect("localhost", {}), /certificate/);
			await assert.rejects(
				connect("localhost", { ca: await foreign.read("ca.pem") }),
				/certificate/,
			);
			assert.equal(
				await connect("127.0.0.1", { rejectUnauthorized: false }),
				"TLSv1.3",
			);
		});

		test("without TLS the server refuses, and nobody falls back to it", async () => {
			await assert.rejects(
				connect("127.0.0.1", undefined),
				/no encryption|insecure transport|Access denied/,
			);
		});

		test("a server that wants a certificate gets it, and refuses another's", async () => {
			assert.equal(
				await connect("localhost", await client(authority), "certs"),
				"TLSv1.3",
			);
			await assert.rejects(connect("localhost", { ca }, "certs"));
			await assert.rejects(
				connect("localhost", await client(foreign), "certs"),
			);
		});

		test("a certificate of an address is good for the address alone", async () => {
			await server.restart("address");
			assert.equal(await connect("127.0.0.1", { ca }), "TLSv1.3");
			await assert.rejects(connect("localhost", { ca }), /altnames/);
			assert.equal(
				await connect("localhost", { ca, verifyIdentity: false }),
				"TLSv1.3",
			);
		});
	});
}

suite("TLS by a URL", { skip: Postgres.missing ?? false }, () => {
	test("of PostgreSQL is as sslmode says", async () => {
		await using authority = await TlsAuthority.make();
		await authority.certify("server", "localhost");
		await using server = await securePostgres(authority);
		const { postgres } = server.options("127.0.0.1", "vivace", undefined);
		const open = async (query: string) => {
			const { user, password, host, port } = postgres ?? {};
			await using opened = await openDatabase<object>({
				url: `postgres://${user}:${password}@${host}:${port}/vivace?${query}`,
			});
			const { rows } = await server.protocol.execute(opened.db);
			return rows[0]?.value;
		};
		assert.equal(await open("sslmode=require"), "TLSv1.3");
		for (const mode of ["verify-ca", "verify-full"]) {
			await assert.rejects(open(`sslmode=${mode}`), /certificate/);
		}
		await assert.rejects(open("sslmode=disable"), /no encryption/);
	});
});

async function securePostgres(authority: TlsAuthority): Promise<SecureServer> {
	const lines = [
		"local all all trust",
		"hostssl certs all all cert",
		"hostssl all all all scram-sha-256",
	];
	await writeFile(join(authority.folder, "hba"), `${lines.join("\n")}\n`);
	const server = await Postgres.start([
		...["-c", `hba_file=${join(authority.folder, "hba")}`],
		...["-c", "ssl=on"],
		...["-c", `ssl_ca_file=${join(authority.folder, "ca.pem")}`],
		...["-c", `ssl_cert_file=${join(authority.folder, "server.pem")}`],
		"-c",
		`ssl_key_file=${await authority.ownedBy("postgres", "server.key")}`,
	]);
	await server.root("create database certs owner app");
	const restart = async (file: string) => {
		await server.stop();
		await server.resume([
			...["-c", `ssl_cert_file=${join(authority.folder, `${file}.pem`)}`],
			"-c",
			`ssl_key_file=${await authority.ownedBy("postgres", `${file}.key`)}`,
		]);
	};
	const { password, ...account } = server.account;
	return {
		options: (host, database, ssl) => ({
			postgres: {
				...account,
				host,
				database,
				...(database === "vivace" && { password }),
				...(ssl && { ssl }),
				connectTimeoutMs: 10_000,
			},
		}),
		restart,
		protocol: sql`select version as value from pg_stat_ssl where pid = pg_backend_pid()`,
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}

async function secureMariaDb(authority: TlsAuthority): Promise<SecureServer> {
	const server = await MariaDb.start([
		`--ssl-ca=${join(authority.folder, "ca.pem")}`,
		`--ssl-cert=${join(authority.folder, "server.pem")}`,
		`--ssl-key=${await authority.ownedBy("mysql", "server.key")}`,
		"--require-secure-transport=ON",
	]);
	const restart = async (file: string) => {
		await server.stop();
		await server.resume([
			`--ssl-cert=${join(authority.folder, `${file}.pem`)}`,
			`--ssl-key=${await authority.ownedBy("mysql", `${file}.key`)}`,
		]);
	};
	await server.root(
		"create database certs; create user certs@'%' require subject '/CN=app'; grant all on certs.* to certs@'%'",
	);
	const { password, ...account } = server.account;
	return {
		options: (host, database, ssl) => ({
			mysql: {
				...account,
				host,
				database,
				...(database === "vivace" ? { password } : { user: "certs" }),
				...(ssl && { ssl }),
				connectTimeoutMs: 10_000,
			},
		}),
		restart,
		protocol: sql`select variable_value as value from information_schema.session_status where variable_name = 'ssl_version'`,
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}
