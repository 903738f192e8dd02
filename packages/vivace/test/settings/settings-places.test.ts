import assert from "node:assert/strict";
import {
	mkdirSync,
	mkdtempDisposableSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import { env, settings } from "../../src/settings.ts";

function temporaryFolder() {
	return mkdtempDisposableSync(join(tmpdir(), "vivace-settings-"));
}

describe("settings from a folder of secrets", () => {
	it("reads files that are named as variables, in any case, without the blanks around their text", () => {
		using folder = temporaryFolder();
		writeFileSync(join(folder.path, "app_db_password"), "geheim \n");
		writeFileSync(join(folder.path, "APP_PORT"), "8001\n");
		writeFileSync(join(folder.path, "IDS"), "1,2\n");
		const config = settings(
			{
				db: { password: z.string() },
				port: z.int(),
				ids: env("IDS", z.array(z.int())),
			},
			{ prefix: "APP_", env: {}, secretsDir: folder.path },
		);
		assert.deepEqual(config, {
			db: { password: "geheim" },
			port: 8001,
			ids: [1, 2],
		});
	});

	it("reads them as Kubernetes mounts them: links into a hidden folder", () => {
		using folder = temporaryFolder();
		const version = join(folder.path, "..2026_11_29");
		mkdirSync(version);
		writeFileSync(join(version, "TOKEN"), "abc");
		symlinkSync("..2026_11_29", join(folder.path, "..data"));
		symlinkSync(join("..data", "TOKEN"), join(folder.path, "TOKEN"));
		mkdirSync(join(folder.path, "PORT"));
		assert.deepEqual(
			settings(
				{ token: z.string(), port: z.int().default(1) },
				{ env: {}, secretsDir: folder.path },
			),
			{ token: "abc", port: 1 },
		);
	});

	it("counts after the environment and files of variables, a later folder before an earlier one", () => {
		using first = temporaryFolder();
		using second = temporaryFolder();
		for (const name of ["A", "B", "C", "D"]) {
			writeFileSync(join(first.path, name), "first");
		}
		writeFileSync(join(second.path, "C"), "second");
		writeFileSync(join(first.path, ".env"), "B=file");
		const text = z.string();
		assert.deepEqual(
			settings(
				{ a: text, b: text, c: text, d: text },
				{
					env: { A: "environment" },
					envFile: join(first.path, ".env"),
					secretsDir: [first.path, { path: second.path, required: true }],
				},
			),
			{ a: "environment", b: "file", c: "second", d: "first" },
		);
	});

	it("never shows what it gave", () => {
		using folder = temporaryFolder();
		writeFileSync(join(folder.path, "PORT"), "plutonium");
		writeFileSync(join(folder.path, "LABEL"), "plutonium");
		const config = settings(
			{ label: z.string() },
			{ env: {}, secretsDir: folder.path },
		);
		assert.equal(inspect(config), "{ label: '**********' }");
		assert.throws(
			() => settings({ port: z.int() }, { env: {}, secretsDir: folder.path }),
			({ message }: Error) => {
				assert.ok(!message.includes("plutonium"), message);
				assert.ok(message.includes(`from ${join(folder.path, "PORT")}`));
				return true;
			},
		);
	});

	it("passes over a folder that is missing, and says so of one that is required or a file", () => {
		using folder = temporaryFolder();
		const missing = join(folder.path, "none");
		const file = join(folder.path, "file");
		writeFileSync(file, "");
		assert.throws(
			() => settings({ a: z.string() }, { env: {}, secretsDir: missing }),
			/A: not set; looked for in the environment, .*none \(no such folder\)/,
		);
		assert.throws(
			() => settings({}, { secretsDir: { path: missing, required: true } }),
			/the folder of secrets ".*none" does not exist; mount it/,
		);
		assert.throws(
			() => settings({}, { secretsDir: file }),
			/the folder of secrets ".*file" is a file/,
		);
	});

	it("counts an empty file as not set where that is asked for", () => {
		using folder = temporaryFolder();
		writeFileSync(join(folder.path, "A"), "\n");
		const fields = { a: z.string().default("default") };
		const options = { env: {}, secretsDir: folder.path };
		assert.equal(settings(fields, options).a, "");
		assert.equal(
			settings(fields, { ...options, ignoreEmpty: true }).a,
			"default",
		);
	});
});

describe("settings from sources of one's own", () => {
	const fields = {
		databaseUrl: z.string(),
		mail: { host: z.string(), port: z.int() },
		tags: z.array(z.string()).default([]),
	};

	it("reads values in groups, by the setting's name or the same words otherwise spelt, after all else", () => {
		const config = settings(fields, {
			env: { MAIL_HOST: "mx" },
			sources: [
				{ name: "config.toml", values: { database_url: "sqlite::memory:" } },
				{
					name: "base.toml",
					values: {
						databaseUrl: "never",
						mail: { host: "never", PORT: 25 },
						tags: ["a", "b"],
					},
				},
			],
		});
		assert.deepEqual(config, {
			databaseUrl: "sqlite::memory:",
			mail: { host: "mx", port: 25 },
			tags: ["a", "b"],
		});
	});

	it("names the place of a wrong value, and every name that no setting has", () => {
		assert.throws(
			() =>
				settings(fields, {
					env: {},
					sources: [
						{
							name: "config.toml",
							values: { databseUrl: "x", mail: { port: "z", other: 1 } },
						},
					],
				}),
			({ message }: Error) => {
				for (const line of [
					"DATABASE_URL: not set; looked for in the environment, config.toml",
					'mail.port: Input should be a valid integer, unable to parse string as an integer, but got "z"; from config.toml',
					"databseUrl: no setting has this name; did you mean databaseUrl?; from config.toml",
					"mail.other: no setting has this name; take it out, or say ignoreUnknown: true; from config.toml",
				]) {
					assert.ok(message.includes(`\n  ${line}`), message);
				}
				return true;
			},
		);
	});

	it("may have other names and secrets where it says so", () => {
		const config = settings(
			{ label: z.string() },
			{
				env: {},
				sources: [
					{
						name: "vault",
						values: { label: "plutonium", other: 1 },
						secret: true,
						ignoreUnknown: true,
					},
				],
			},
		);
		assert.equal(config.label, "plutonium");
		assert.equal(JSON.stringify(config), '{"label":"**********"}');
	});
});

describe("groups of settings", () => {
	const fields = {
		mail: { host: z.string(), retry: { times: z.int().default(3) } },
	};

	it("are named with another delimiter where that is asked for", () => {
		const config = settings(fields, {
			prefix: "APP_",
			groupDelimiter: "__",
			env: { APP_MAIL__HOST: "mx", APP_MAIL__RETRY__TIMES: "5" },
		});
		assert.deepEqual(config, { mail: { host: "mx", retry: { times: 5 } } });
	});

	it("are read from the JSON in the variable of the group, what is named alone first", () => {
		const config = settings(fields, {
			env: {
				MAIL: '{"host": "json", "retry": {"times": 4}}',
				MAIL_HOST: "alone",
			},
		});
		assert.deepEqual(config, { mail: { host: "alone", retry: { times: 4 } } });
		assert.deepEqual(
			settings(fields, { env: { MAIL_RETRY: '{"times": 6}', mail_host: "a" } }),
			{ mail: { host: "a", retry: { times: 6 } } },
		);
	});

	it("pass over a variable of the group's name that is no JSON object, and tell of one that is broken, once", () => {
		assert.equal(
			settings(fields, { env: { MAIL: "/var/mail/me", MAIL_HOST: "mx" } }).mail
				.host,
			"mx",
		);
		assert.throws(
			() => settings(fields, { env: { MAIL: '{"host": geheim' } }),
			({ message }: Error) => {
				assert.match(
					message,
					/a setting is missing or wrong; .*\n {2}MAIL: Input should be valid JSON; from the environment$/,
				);
				return true;
			},
		);
	});
});
