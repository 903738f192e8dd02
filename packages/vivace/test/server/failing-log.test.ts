import assert from "node:assert/strict";
import { test } from "node:test";
import { App, dependency, StreamingResponse, serve } from "../../src/index.ts";

const fail = (): never => {
	throw new Error("the disk is full");
};
const failingLog = { info: fail, warn: fail, error: fail };

test("a log that fails costs no answer and leaves no request open", async (t) => {
	const told = t.mock.method(console, "error", () => {});
	const broken = (): never => {
		throw new Error("on purpose");
	};
	const later = async (): Promise<never> => {
		await undefined;
		return broken();
	};
	const count = { entered: 0, left: 0 };
	const brokenDependency = dependency(later);
	const unclean = dependency(function* () {
		count.entered++;
		try {
			yield 1;
		} finally {
			count.left++;
		}
		broken();
	});
	const build = (): App => {
		const app = new App({ logger: failingLog, health: true });
		app.get("/now", broken);
		app.get("/later", later);
		app.get("/dependency", { brokenDependency }, () => "never");
		app.get("/unclean", { unclean }, () => "clean");
		app.get("/stream", { unclean }, () => {
			async function* letters() {
				yield "a";
				await later();
			}
			return new StreamingResponse(letters());
		});
		return app;
	};
	const mounted = build();
	mounted.use((request, next) => next(request));
	const app = build();
	app.mount("/mounted", mounted);
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: failingLog,
		requestLog: true,
	});
	for (const prefix of ["", "/mounted"]) {
		const ask = (path: string) => fetch(new URL(prefix + path, server.url));
		for (const path of ["/now", "/later", "/dependency"]) {
			const response = await ask(path);
			assert.equal(response.status, 500, path);
			assert.equal(await response.text(), "Internal Server Error", path);
		}
		assert.equal(await (await ask("/unclean")).json(), "clean");
		await assert.rejects(async () => (await ask("/stream")).text());
	}
	assert.equal((await fetch(new URL("/readyz", server.url))).status, 200);
	await server.close();
	assert.ok(count.entered >= 4); // a client may ask again where a body was cut
	assert.equal(count.left, count.entered);
	const logs = 3; // of both apps, and of the server
	assert.equal(told.mock.callCount(), logs);
	assert.match(`${told.mock.calls[0]?.arguments[0]}`, /^the log failed, /);
});
