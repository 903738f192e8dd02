import assert from "node:assert/strict";
import { type ModuleHooks, registerHooks } from "node:module";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { database } from "../../src/database.ts";
import { App, SetupError } from "../../src/index.ts";
import type { AnyDependency } from "../../src/inject/graph.ts";
import { redisBroker } from "../../src/redis.ts";
import { jwtBearer, verifyPassword } from "../../src/security.ts";
import { templates } from "../../src/templates.ts";

const missing = new Set(["bcrypt", "eta", "jose", "mysql2", "pg", "redis"]);

/** Starts an app that needs it; the waits between tries would take longer than the test may. */
async function start(needed: AnyDependency): Promise<void> {
	const log = { error() {}, info() {}, warn() {} };
	const app = new App({ logger: log });
	app.get("/", { needed }, () => null);
	await using _scope = await app.scope();
}

const retry = { times: 5, delayMs: 600_000 };
const uses: Readonly<Record<string, () => Promise<unknown>>> = {
	redis: () => start(redisBroker("redis://127.0.0.1:1", { retry })),
	pg: () => start(database("postgres://a:b@127.0.0.1:1/c", { retry })),
	mysql2: () => start(database("mysql://a:b@127.0.0.1:1/c", { retry })),
	jose: () =>
		start(
			jwtBearer({
				secret: "s".repeat(32),
				algorithms: ["HS256"],
				issuer: "https://shop.example",
				audience: "shop",
				claims: z.object({}),
			}),
		),
	eta: () => start(templates(import.meta.dirname)),
	bcrypt: () => verifyPassword("secret", `$2b$10$${"a".repeat(53)}`),
};

describe("a package that is not installed", () => {
	let hooks: ModuleHooks | undefined;
	// not while files are loaded: other tests share the process, and import these packages
	before(() => {
		hooks = registerHooks({
			resolve(name, context, next) {
				if (missing.has(name)) {
					throw Object.assign(new Error(`Cannot find package '${name}'`), {
						code: "ERR_MODULE_NOT_FOUND",
					});
				}
				return next(name, context);
			},
		});
	});
	after(() => hooks?.deregister());

	for (const [name, use] of Object.entries(uses)) {
		test(`${name} that is not installed is told with the command that installs it, and waited for by nobody`, async () => {
			await assert.rejects(use, (error) => {
				assert.ok(error instanceof SetupError);
				const { cause = error } = error as { cause?: unknown };
				assert.match(error.message, RegExp(`npm install ${name}\\b`));
				assert.ok(cause instanceof Error);
				return true;
			});
		});
	}
});
