import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
	engines,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import {
	type DatabaseOptions,
	type DatabaseSource,
	database,
} from "../../src/database.ts";
import { App } from "../../src/index.ts";
import { freePort } from "../support/free-port.ts";

/** The error of a start that fails, how often it was tried, and the lines that tell of it. */
async function failedStart(
	source: DatabaseSource,
	retry?: { readonly times: number; readonly delayMs: number },
) {
	let tries = 0;
	const lines: string[] = [];
	const bank = database<object>(
		() => {
			tries++;
			return typeof source === "function" ? source() : source;
		},
		{ name: "bank", ...(retry && { retry }) },
	);
	const logger = {
		error() {},
		info() {},
		warn: (line: unknown) => lines.push(String(line)),
	};
	const app = new App({ resources: [bank], logger });
	const error: unknown = await app.start().then(
		() => assert.fail("it has started"),
		(error: unknown) => error,
	);
	assert.ok(error instanceof Error);
	return { message: error.message, tries, lines };
}

/** Options of a server with something changed. */
function changed(options: DatabaseOptions, change: object): DatabaseOptions {
	const [kind, given] = Object.entries(options)[0] ?? [];
	return { [String(kind)]: { ...given, ...change } };
}

for (const { name, engine, missing, start } of engines) {
	suite(`what no time heals is not tried again, on ${name}`, {
		skip: missing ?? false,
	}, () => {
		let server: TestedServer;
		before(async () => {
			server = await start();
		});
		after(() => server?.[Symbol.asyncDispose]());

		const changes: readonly (readonly [string, object, RegExp])[] =
			engine === "sqlite"
				? [
						["a folder", { path: import.meta.dirname }, /VIV_OPTION/],
						["a file that is none", { path: import.meta.filename }, /not a d/],
						[
							"a folder that can't be made",
							{ path: join(import.meta.filename, "x/y.db") },
							/VIV_OPTION/,
						],
					]
				: [
						["a wrong password", { password: "no" }, /password|denied/i],
						["an unknown database", { database: "nosuch" }, /nosuch/],
						["an unknown user", { user: "nobody" }, /nobody/],
						[
							"a server without TLS, or with a certificate of nobody's",
							{ ssl: {} },
							/certificate|SSL|secure/i,
						],
						["an unknown option", { passwort: "" }, /passwort/],
					];
		for (const [title, change, words] of changes) {
			test(title, async () => {
				const source = () => changed(server.options, change);
				const { message, tries, lines } = await failedStart(source);
				assert.match(message, words);
				assert.deepEqual([tries, lines], [1, []]);
			});
		}
	});
}

suite("a server that can't be reached", () => {
	for (const protocol of ["postgres", "mysql"]) {
		test(`${protocol}: refuses at once, and each try is told with the time that is left`, async () => {
			const port = await freePort();
			const { message, tries, lines } = await failedStart(
				`${protocol}://app:pw@127.0.0.1:${port}/bank`,
				{ times: 2, delayMs: 10 },
			);
			assert.equal(tries, 3);
			const told = `UNREACHABLE: no connection to 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}; nothing listens there: check host and port, and whether the server runs`;
			assert.deepEqual(lines, [
				`"bank" failed: ${told}; it is tried again in 10 ms, for 30 ms at most`,
				`"bank" failed: ${told}; it is tried again in 20 ms`,
			]);
			assert.equal(
				message,
				`VIV_LIFESPAN: "bank" could not be acquired: ${told} (needed: "bank" ← resources); it was tried 3 times: if it may come up later still, ` +
					"give it more in { retry: { times } }, and if the app can serve without it { optional: true }",
			);
		});

		test(`${protocol}: a name that nobody knows is to be checked`, async () => {
			const { message } = await failedStart(
				`${protocol}://app:pw@nosuch.invalid/bank`,
				{ times: 1, delayMs: 10 },
			);
			assert.match(message, /nosuch\.invalid.*check the host name/);
		});
	}

	test("a bad URL is told at once, and no try follows", async () => {
		for (const url of ["postgres:/app", "oracle://app@host/bank", "bank"]) {
			const { message, tries, lines } = await failedStart(() => url);
			assert.match(message, /VIV_OPTION|could not be acquired/, url);
			assert.deepEqual([tries, lines], [1, []], url);
		}
	});
});
