import assert from "node:assert/strict";
import { test } from "node:test";
import { App, serve } from "../../src/index.ts";
import {
	resolveServeOptions,
	type ServeOptions,
} from "../../src/server/lifecycle/serve-options.ts";
import {
	reasonForNode,
	reasonForNodeOnBun,
	reasonForNodeOnDeno,
} from "../../src/server/reason-for-node.ts";
import { LogLines, portApp, startServer, text } from "./port-app.ts";

const cases: readonly (readonly [ServeOptions, string | undefined])[] = [
	[{ port: 1, host: "::", drainTimeoutMs: 5, writeTimeoutMs: 5 }, undefined],
	[{ maxConnections: 10_000, engine: "native" }, undefined],
	[{ engine: "node" }, '"engine" says so'],
	[{ maxConnections: 5 }, 'it keeps the option "maxConnections"'],
	[{ maxHeaderBytes: 2048 }, 'it keeps the option "maxHeaderBytes"'],
	[{ headersTimeoutMs: 0 }, 'it keeps the option "headersTimeoutMs"'],
	[{ backlog: 5 }, undefined],
	[{ socketPath: "/tmp/a" }, undefined],
	[{ fd: 3 }, 'it keeps the option "fd"'],
	[{ tls: { cert: "a", key: "b" } }, 'it keeps the option "tls"'],
];

for (const [options, reason] of cases) {
	test(`node:http for ${JSON.stringify(options)}: ${reason ?? "no reason"}`, () => {
		const app = portApp(() => text("ok"));
		assert.equal(reasonForNode(app, resolveServeOptions(options)), reason);
	});
}

test("the length of the queue is a reason on Bun where the system does not let it be said", () => {
	const options = resolveServeOptions({ backlog: 5 });
	assert.equal(reasonForNodeOnBun(options, true), undefined);
	assert.equal(
		reasonForNodeOnBun(options, false),
		'it keeps the option "backlog"',
	);
	assert.equal(reasonForNodeOnBun(resolveServeOptions({}), false), undefined);
});

test("a Unix socket is a reason on Bun", () => {
	assert.equal(
		reasonForNodeOnBun(resolveServeOptions({ socketPath: "/tmp/a" }), true),
		'it keeps the option "socketPath"',
	);
});

test("a mounted handler of node:http is a reason, in a mounted app too", () => {
	const inner = new App();
	const outer = new App();
	outer.mount("/inner", inner);
	const options = resolveServeOptions({});
	assert.equal(reasonForNode(outer, options), undefined);
	inner.mount("/old", () => {});
	assert.match(reasonForNode(outer, options) ?? "", /node:http is mounted/);
});

test("on a Deno that does not hand its connections over, sockets are a reason", () => {
	const app = new App();
	const options = resolveServeOptions({});
	assert.equal(reasonForNodeOnDeno(app, options, false), undefined);
	app.websocket("/", (_values, socket) => socket.accept());
	assert.equal(reasonForNodeOnDeno(app, options, true), undefined);
	assert.match(reasonForNodeOnDeno(app, options, false) ?? "", /sockets/);
});

if ("Deno" in globalThis) {
	test("sockets are served by Deno's own server", async () => {
		const app = new App();
		app.websocket("/", (_values, socket) => socket.accept());
		const log = new LogLines();
		await using _ = await serve(app, { port: 0, signals: false, log });
		assert.equal(log.lines.length, 1); // that it listens
	});
}

test("an engine that there is not is refused", async () => {
	const engine = "deno" as "node"; // as a program without types may say it
	await assert.rejects(
		startServer(() => text("ok"), { engine }),
		/VIV_OPTION.*engine/s,
	);
});

if ("Bun" in globalThis) {
	test("more idle time than Bun knows is told", async () => {
		await using server = await startServer(() => text("own"), {
			keepAliveTimeoutMs: 300_000,
		});
		assert.match(
			server.log.lines[0] ?? "",
			/^keepAliveTimeoutMs is 300000, and Bun\.serve keeps an idle connection for 255 s at most; 0 is no limit$/,
		);
	});

	test("Bun's own server is taken, and node:http told of with the reason", async () => {
		await using own = await startServer(() => text("own"));
		assert.equal(own.log.lines.length, 1);
		await using node = await startServer(() => text("node"), {
			engine: "node",
		});
		assert.match(
			node.log.lines[0] ?? "",
			/^Vivace serves by Bun's node:http, not by Bun\.serve: "engine" says so$/,
		);
		for (const [{ url }, answer] of [
			[own, "own"],
			[node, "node"],
		] as const) {
			assert.equal(await (await fetch(url)).text(), answer);
		}
	});
}
