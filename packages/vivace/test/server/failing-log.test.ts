import assert from "node:assert/strict";
import { test } from "node:test";
import { App, dependency, serve } from "../../src/index.ts";
import { LogLines } from "./port-app.ts";

// the app promises its server an answer whatever happens; where even its log fails, the server must not wait for one
test("an app that fails at telling of an error answers 500 all the same", async () => {
	const logger = {
		info() {},
		warn() {},
		error() {
			throw new Error("the disk is full");
		},
	};
	const fails = (): never => {
		throw new Error("on purpose");
	};
	const later = async (): Promise<never> => {
		await undefined;
		return fails();
	};
	const broken = dependency(later);
	const held = dependency(async function* () {
		yield 1;
	});
	const build = (): App => {
		const app = new App({ logger, health: true });
		app.get("/now", fails);
		app.get("/later", later);
		app.get("/dependency", { broken }, () => "never");
		app.get("/held", { held }, later);
		return app;
	};
	const mounted = build();
	mounted.use((request, next) => next(request));
	const app = build();
	app.mount("/mounted", mounted);
	const log = new LogLines();
	await using server = await serve(app, { port: 0, signals: false, log });
	const paths = ["/now", "/later", "/dependency", "/held"];
	for (const path of [...paths, ...paths.map((each) => `/mounted${each}`)]) {
		const response = await fetch(new URL(path, server.url));
		assert.equal(response.status, 500, path);
		assert.equal(await response.text(), "Internal Server Error", path);
		assert.match(log.text, new RegExp(`GET ${path}: no response`));
	}
	assert.equal((await fetch(new URL("/readyz", server.url))).status, 200);
});
