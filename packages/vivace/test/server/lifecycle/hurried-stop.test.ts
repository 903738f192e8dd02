import assert from "node:assert/strict";
import { test } from "node:test";
import type { Listener } from "../../../src/server/lifecycle/listener.ts";
import { resolveServeOptions } from "../../../src/server/lifecycle/serve-options.ts";
import { shutDown } from "../../../src/server/lifecycle/shutdown.ts";
import { LogLines, portApp, text } from "../port-app.ts";

/** A listener whose connections do not close, though all requests are over: on Deno a client may keep one. */
const lingering: Listener = {
	isLeaving: false,
	requestCount: 1,
	socketCount: 0,
	abandonedCount: 0,
	onAbandoned: undefined,
	onSockets: undefined,
	listen: () => Promise.resolve({ address: "127.0.0.1", port: 8000 }),
	stopListening: () => Promise.resolve(),
	whenOver: () => new Promise(() => {}),
	cut() {},
	openExchanges: () => [],
};

for (const [when, hurry] of [
	["in its time", new AbortController().signal],
	["in a hurry", AbortSignal.abort("after the second signal")],
] as const) {
	test(`a stop ${when} that leaves connections, but no request, tells of none`, async () => {
		const log = new LogLines();
		const options = resolveServeOptions({
			drainTimeoutMs: 1,
			tasksTimeoutMs: 1,
			log,
		});
		const app = portApp(() => text("a"));
		const haste = { farewellMs: 0, hurry };
		assert.deepEqual(await shutDown(app, lingering, options, haste), []);
		assert.equal(log.text, "");
	});
}
