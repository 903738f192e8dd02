import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readSettings } from "../settings.ts";

const noFile = join(tmpdir(), "there-is-no-such-file");

test("everything has a default, and the database is embedded", () => {
	const { database, ...rest } = readSettings({}, noFile);
	assert.deepEqual(rest, {
		host: "127.0.0.1",
		port: 8847,
		corsOrigins: ["*"],
		redisUrl: undefined,
		livePollMs: 5_000,
		startTries: 10,
	});
	assert.match(
		String(database.sqlite?.path),
		/apps\/chat-history\/data\/chat_history\.db$/,
	);
});

test("the environment changes address, port, data folder and origins", () => {
	const settings = readSettings(
		{
			HOST: "0.0.0.0",
			PORT: "9000",
			DATA_DIR: "/var/lib/chat",
			CORS_ORIGINS: "https://a.example,https://b.example",
			MYSQL_DB_HOST: "",
		},
		noFile,
	);
	assert.deepEqual(settings, {
		host: "0.0.0.0",
		port: 9000,
		corsOrigins: ["https://a.example", "https://b.example"],
		redisUrl: undefined,
		livePollMs: 5_000,
		startTries: 10,
		database: { sqlite: { path: "/var/lib/chat/chat_history.db" } },
	});
});

test("MySQL is used when it is named, in the environment or in the file, the environment first", async () => {
	const folder = await mkdtemp(join(tmpdir(), "chat-settings-"));
	try {
		const file = join(folder, ".env.local");
		await writeFile(
			file,
			"MYSQL_DB_HOST=db1.example,db2.example:3309\nMYSQL_DB_PORT=3307\nMYSQL_DB_USER=chat\nMYSQL_DB_PASSWORD='p @'\nMYSQL_DB_NAME=chat\n",
		);
		const { database } = readSettings({ MYSQL_DB_PORT: "3308" }, file);
		assert.deepEqual(
			{ ...database.mysql },
			{
				host: "db1.example,db2.example:3309",
				port: 3308,
				user: "chat",
				password: "p @",
				database: "chat",
				size: 10,
				acquireTimeoutMs: 5_000,
				queryTimeoutMs: 10_000,
				preparedStatements: 100,
			},
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});

test("DATABASE_URL names any database, and nothing beside it may", () => {
	const url = "postgres://chat:secret@db1,db2/chat";
	assert.deepEqual(readSettings({ DATABASE_URL: url }, noFile).database, {
		url,
	});
	assert.throws(
		() => readSettings({ DATABASE_URL: url, MYSQL_DB_HOST: "db1" }, noFile),
		/VIV_SETTINGS: DATABASE_URL and variables that begin with MYSQL_DB_ are both set/,
	);
	assert.throws(
		() => readSettings({ DATABASE_URL: "mongodb://chat:secret@db1" }, noFile),
		(error) => {
			assert.match(String(error), /DATABASE_URL/);
			assert.doesNotMatch(String(error), /secret/);
			return true;
		},
	);
});

test("what is wrong or missing is said at once, by variable", () => {
	assert.throws(
		() => readSettings({ PORT: "many", MYSQL_DB_USER: "chat" }, noFile),
		(error) =>
			["PORT", "MYSQL_DB_HOST", "MYSQL_DB_NAME"].every((name) =>
				String(error).includes(name),
			),
	);
});

test("tokens are asked for when there is something to verify them by", () => {
	const secret = "a secret of thirty-two characters, or more";
	const { auth } = readSettings(
		{ AUTH_SECRET: secret, AUTH_AUDIENCE: "chat" },
		noFile,
	);
	assert.equal(auth?.secret, secret);
	assert.equal(auth?.audience, "chat");
	const jwksUrl = "https://id.example/jwks.json";
	assert.equal(
		readSettings({ AUTH_JWKS_URL: jwksUrl }, noFile).auth?.jwksUrl,
		jwksUrl,
	);
	for (const [variables, reason] of [
		[{ AUTH_AUDIENCE: "chat" }, /AUTH_AUDIENCE is set/],
		[{ AUTH_SECRET: secret, AUTH_JWKS_URL: jwksUrl }, /both set/],
		[{ AUTH_SECRET: "swordfish" }, /AUTH_SECRET/],
		[{ AUTH_JWKS_URL: "id.example" }, /AUTH_JWKS_URL/],
	] as const) {
		assert.throws(
			() => readSettings(variables, noFile),
			(error: Error & { code: string }) => {
				assert.equal(error.code, "VIV_SETTINGS");
				assert.match(error.message, reason);
				assert.doesNotMatch(error.message, /swordfish|thirty-two/);
				return true;
			},
		);
	}
});
