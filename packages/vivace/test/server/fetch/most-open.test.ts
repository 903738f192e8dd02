import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../../../src/index.ts";
import { fetchEngine } from "../../../src/server/fetch/fetch-listener.ts";
import type {
	FetchAnswer,
	FetchPort,
} from "../../../src/server/fetch/fetch-platform.ts";
import { resolveServeOptions } from "../../../src/server/lifecycle/serve-options.ts";
import { LogLines } from "../port-app.ts";

/** A port that nobody but the test asks. */
const port: FetchPort<undefined> = {
	address: { address: "127.0.0.1", port: 1 },
	readTarget: () => "/",
	peerOf: () => ({}),
	isGone: () => false,
	whenOver: (_request, _info, onOver) => onOver(),
	refuseNew: async () => {},
	close: async () => {},
	cut() {},
};

test("a server of a runtime answers so many requests at a time as maxConnections says, and further ones with 503", async () => {
	const go = Promise.withResolvers<void>();
	const app = new App();
	app.get("/", async () => {
		await go.promise;
		return "answered";
	});
	const log = new LogLines();
	let ask: FetchAnswer<undefined> | undefined;
	const engine = fetchEngine<undefined>({
		async open(_options, answer) {
			ask = answer;
			return port;
		},
	});
	await app.start();
	const listener = engine.createListener(
		app,
		resolveServeOptions({ maxConnections: 2, log }),
		undefined,
	);
	await listener.listen();
	const statuses: number[] = [];
	const request = async () => {
		const url = "http://127.0.0.1:1/";
		const response = await ask?.(new globalThis.Request(url), undefined);
		statuses.push(response?.status ?? 0);
	};
	const waiting = [request(), request()];
	await request();
	await request();
	assert.deepEqual(statuses, [503, 503]);
	assert.deepEqual(log.lines, [
		"2 requests and sockets are open (maxConnections); further ones are answered with 503",
	]);
	go.resolve();
	await Promise.all(waiting);
	await request();
	assert.deepEqual(statuses, [503, 503, 200, 200, 200]);
	await listener.stopListening(0, AbortSignal.abort());
	await listener.whenOver();
	await app.stop();
});
