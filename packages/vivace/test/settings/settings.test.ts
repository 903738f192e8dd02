import assert from "node:assert/strict";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { z } from "zod";
import { SetupError } from "../../src/errors/setup-error.ts";
import {
	env,
	type SettingsFields,
	type SettingsOptions,
	settings,
} from "../../src/settings.ts";

function messageOf(fields: SettingsFields, options: SettingsOptions): string {
	try {
		settings(fields, options);
	} catch (error) {
		assert.ok(error instanceof SetupError);
		assert.equal(error.code, "VIV_SETTINGS");
		return error.message;
	}
	throw new assert.AssertionError({ message: "nothing was thrown" });
}

describe("settings", () => {
	it("reads typed values from the environment, and leaves the rest to the schema", () => {
		const config = settings(
			{
				port: z.int().default(8847),
				ratio: z.number(),
				debug: z.boolean(),
				databaseUrl: z.url().optional(),
				app_name: z.string().default("Awesome API"),
				level: z.enum(["low", "high"]),
			},
			{
				prefix: "APP_",
				env: {
					APP_RATIO: "0.5",
					APP_DEBUG: "yes",
					APP_LEVEL: "high",
					PORT: "1",
				},
			},
		);
		const typed: {
			readonly port: number;
			readonly debug: boolean;
			readonly databaseUrl: string | undefined;
			readonly level: "low" | "high";
		} = config;
		assert.deepEqual(typed, {
			port: 8847,
			ratio: 0.5,
			debug: true,
			databaseUrl: undefined,
			app_name: "Awesome API",
			level: "high",
		});
	});

	const names: [setting: string, variable: string][] = [
		["port", "PORT"],
		["databaseUrl", "DATABASE_URL"],
		["database_url", "DATABASE_URL"],
		["s3Bucket", "S3_BUCKET"],
		["apiURL", "API_URL"],
		["URLPrefix", "URL_PREFIX"],
	];
	for (const [setting, variable] of names) {
		it(`reads ${setting} from ${variable}`, () => {
			assert.deepEqual(
				settings({ [setting]: z.string() }, { env: { [variable]: "x" } }),
				{ [setting]: "x" },
			);
		});
	}

	it("takes a variable in any case, the one in capitals first", () => {
		const fields = { port: z.int() };
		assert.equal(settings(fields, { env: { port: "1" } }).port, 1);
		const both = { Port: "2", PORT: "1", port: "3" };
		assert.equal(settings(fields, { env: both }).port, 1);
	});

	it("uses process.env by default", () => {
		assert.deepEqual(settings({ path: z.string() }).path, process.env.PATH);
	});

	const lists: [text: string, items: number[]][] = [
		["1,2", [1, 2]],
		[" 1 , 2 ,", [1, 2]],
		["[1, 2]", [1, 2]],
		[" [1]", [1]],
		["", []],
	];
	for (const [text, items] of lists) {
		it(`reads ${JSON.stringify(text)} as a list`, () => {
			assert.deepEqual(
				settings({ ids: z.array(z.int()) }, { env: { IDS: text } }).ids,
				items,
			);
		});
	}

	it("reads objects as JSON", () => {
		const { limits, labels } = settings(
			{
				limits: z.object({ rate: z.number(), burst: z.int().default(5) }),
				labels: z.record(z.string(), z.string()),
			},
			{ env: { LIMITS: '{"rate": "1.5"}', LABELS: '{"a": "b"}' } },
		);
		assert.deepEqual(limits, { rate: 1.5, burst: 5 });
		assert.deepEqual(labels, { a: "b" });
	});

	it("reads groups below their name, and variables of other names as they are", () => {
		const config = settings(
			{
				mail: { host: z.string(), retry: { times: z.int() } },
				db: {
					host: env("MYSQL_DB_HOST", z.string()),
					user: env(["MYSQL_USER", "DB_USER"], z.string()),
				},
			},
			{
				prefix: "APP_",
				env: {
					APP_MAIL_HOST: "mx",
					APP_MAIL_RETRY_TIMES: "3",
					MYSQL_DB_HOST: "db",
					DB_USER: "me",
				},
			},
		);
		const times: number = config.mail.retry.times;
		assert.equal(times, 3);
		assert.deepEqual(config, {
			mail: { host: "mx", retry: { times: 3 } },
			db: { host: "db", user: "me" },
		});
	});

	it("takes the empty text as given, unless told otherwise", () => {
		const fields = { name: z.string().default("x") };
		const options = { env: { NAME: "" } };
		assert.equal(settings(fields, options).name, "");
		assert.equal(settings(fields, { ...options, ignoreEmpty: true }).name, "x");
	});

	it("is frozen at any depth", () => {
		const config = settings(
			{ ids: z.array(z.int()), group: { limit: z.int() } },
			{ env: { IDS: "1", GROUP_LIMIT: "2" } },
		);
		assert.throws(() => Object.assign(config, { ids: [] }), TypeError);
		assert.throws(() => config.ids.push(2), TypeError);
		assert.throws(() => Object.assign(config.group, { limit: 3 }), TypeError);
	});

	it("refuses what is no schema", () => {
		const fields = { port: 8000 } as unknown as SettingsFields;
		assert.throws(() => settings(fields), {
			code: "VIV_SCHEMA",
			message: /the setting of PORT .* but got 8000/,
		});
		assert.throws(() => env("", z.string()), { code: "VIV_OPTION" });
	});

	it("refuses a schema that takes its time", () => {
		const slow = z.string().refine(async () => true);
		assert.throws(() => settings({ slow }, { env: { SLOW: "x" } }), {
			code: "VIV_SCHEMA",
			message: /SLOW validates asynchronously/,
		});
	});
});

describe("settings: problems", () => {
	it("come all at once, with variable, rule, value and origin", () => {
		const message = messageOf(
			{
				port: z.int().max(65535),
				workers: z.int(),
				adminEmail: z.string(),
				ids: z.array(z.int()),
				group: { limits: z.object({ rate: z.number() }) },
				host: env(["DB_HOST", "MYSQL_HOST"], z.string()),
			},
			{
				prefix: "APP_",
				env: {
					APP_PORT: "99999",
					app_workers: "many",
					APP_IDS: "1,x",
					APP_GROUP_LIMITS: '{"rate": "fast"}',
				},
				envFile: "no/such/.env",
			},
		);
		assert.deepEqual(message.split("\n"), [
			"VIV_SETTINGS: 6 settings are missing or wrong; correct these variables:",
			'  APP_PORT: Input should be less than or equal to 65535, but got "99999"; from the environment',
			'  APP_WORKERS: Input should be a valid integer, unable to parse string as an integer, but got "many"; from the environment',
			"  APP_ADMIN_EMAIL: not set; looked for in the environment, no/such/.env (no such file)",
			'  APP_IDS[1]: Input should be a valid integer, unable to parse string as an integer, but got "x"; from the environment',
			'  APP_GROUP_LIMITS.rate: Input should be a valid number, unable to parse string as a number, but got "fast"; from the environment',
			"  DB_HOST or MYSQL_HOST: not set; looked for in the environment, no/such/.env (no such file)",
		]);
	});

	it("names a variable that is one slip away, unless it is another setting's", () => {
		const message = messageOf(
			{ sessionKey: z.string(), dbHost: z.string(), dbPost: z.string() },
			{ env: { SESION_KEY: "a", DB_HOST: "b" } },
		);
		assert.deepEqual(message.split("\n").slice(1), [
			"  SESSION_KEY: not set; looked for in the environment; SESION_KEY is set: did you mean SESSION_KEY?",
			"  DB_POST: not set; looked for in the environment",
		]);
	});

	const secrets: [fields: SettingsFields, variable: string, text: string][] = [
		[{ adminPassword: z.string().min(9) }, "ADMIN_PASSWORD", "hunter2"],
		[{ stripeKey: z.string().min(9) }, "STRIPE_KEY", "hunter2"],
		[{ pin: z.int().meta({ format: "password" }) }, "PIN", "hunter2"],
		[{ pin: z.int().meta({ writeOnly: true }) }, "PIN", "hunter2"],
		[{ pin: env("API_TOKEN", z.int()) }, "API_TOKEN", "hunter2"],
		[
			{ db: z.object({ password: z.string().min(9) }) },
			"DB",
			'{"password": "hunter2"}',
		],
		[{ db: z.object({ a: z.string() }) }, "DB", '{"a": hunter2}'],
		[{ ids: z.array(z.int()) }, "IDS", "[hunter2"],
		[{ url: z.url().max(10) }, "URL", "mysql://me:hunter2@db/x"],
	];
	for (const [fields, variable, text] of secrets) {
		it(`don't repeat a secret: ${variable}=${text}`, () => {
			const message = messageOf(fields, { env: { [variable]: text } });
			assert.match(message, new RegExp(`^ {2}${variable}`, "m"));
			assert.doesNotMatch(message, /hunter/);
		});
	}
});

describe("settings: printing", () => {
	const config = settings(
		{
			port: z.int().default(8000),
			adminPassword: z.string().default("hunter2"),
			apiTokens: z.array(z.string()).default(["hunter2"]),
			resetSecret: z.string().optional(),
			pin: z.string().meta({ format: "password" }).default("hunter2"),
			databaseUrl: z.string().default("mysql://me:hunter2@db:3306/x"),
			cache: z
				.object({ host: z.string(), password: z.string() })
				.default({ host: "c", password: "hunter2" }),
			mail: {
				host: z.string().default("mx"),
				token: z.string().default("hunter2"),
			},
			login: env("LOGIN_PASSWORD", z.string().default("hunter2")),
		},
		{ env: {} },
	);
	const shown = {
		port: 8000,
		adminPassword: "**********",
		apiTokens: "**********",
		resetSecret: undefined,
		pin: "**********",
		databaseUrl: "mysql://me:**********@db:3306/x",
		cache: { host: "c", password: "**********" },
		mail: { host: "mx", token: "**********" },
		login: "**********",
	};

	it("hides secrets as text", () => {
		assert.equal(inspect(config), inspect(shown));
		assert.equal(inspect({ a: config.mail }), inspect({ a: shown.mail }));
	});

	it("hides secrets as JSON", () => {
		assert.deepEqual(JSON.parse(JSON.stringify(config)), {
			...JSON.parse(JSON.stringify(shown)),
		});
	});

	it("hides them from nothing else", () => {
		assert.equal(config.adminPassword, "hunter2");
		assert.deepEqual(Object.keys(config), Object.keys(shown));
		assert.equal({ ...config }.cache.password, "hunter2");
	});
});

describe("settings: files", () => {
	it("come after the environment, the later before the earlier", async () => {
		await using folder = await mkdtempDisposable(join(tmpdir(), "settings-"));
		const first = join(folder.path, ".env");
		const second = join(folder.path, ".env.local");
		await writeFile(
			first,
			`\uFEFFA=first\n# a comment\nexport B="first # part"\nC='first'\n`,
		);
		await writeFile(second, "b=second\nC=second\n");
		const fields = { a: z.string(), b: z.string(), c: z.string() };
		const options = { env: { C: "environment" } };
		assert.deepEqual(settings(fields, { ...options, envFile: first }), {
			a: "first",
			b: "first # part",
			c: "environment",
		});
		assert.deepEqual(
			settings(fields, { ...options, envFile: [first, pathToFileURL(second)] }),
			{ a: "first", b: "second", c: "environment" },
		);
		const message = messageOf(
			{ b: z.int() },
			{ envFile: [first, second], env: {} },
		);
		assert.ok(message.endsWith(`but got "second"; from ${second}`), message);
	});

	it("may be missing unless they are required", async () => {
		await using folder = await mkdtempDisposable(join(tmpdir(), "settings-"));
		const path = join(folder.path, ".env");
		const fields = { a: z.string().default("x") };
		assert.equal(settings(fields, { env: {}, envFile: { path } }).a, "x");
		const options = { env: {}, envFile: { path, required: true } };
		assert.ok(
			messageOf(fields, options).includes(
				`"${path}" does not exist; create it`,
			),
		);
		const unreadable = { env: {}, envFile: folder.path };
		assert.match(messageOf(fields, unreadable), /can't be read/);
	});
});
