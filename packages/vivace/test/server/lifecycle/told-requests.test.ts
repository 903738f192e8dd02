import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { RequestSource } from "../../../src/http/request-source.ts";
import { ServerExchange } from "../../../src/server/lifecycle/server-exchange.ts";
import { toldRequests } from "../../../src/server/lifecycle/told-requests.ts";

class OpenExchange extends ServerExchange {
	override readonly source: RequestSource;
	override readonly isClientGone = false;

	constructor(target: string, trackedMs: number) {
		super();
		this.source = { method: "GET", target } as RequestSource; // nothing else of it is looked at
		this.trackedMs = trackedMs;
	}

	protected override watchClient(): void {}
}

suite("the requests that are named when a stop cuts them", () => {
	test("method, path without its query, and how long each ran", () => {
		const open = [
			new OpenExchange("/reset?token=abc", 1000),
			new OpenExchange("/items/7", 31_000),
		];
		assert.equal(
			toldRequests(open, 32_240),
			"GET /reset (ran 31.2 s), GET /items/7 (ran 1.2 s)",
		);
	});

	test("a socket is called one", () => {
		const socket = new OpenExchange("/chat", 0);
		socket.upgraded = { shutdown() {} };
		assert.equal(
			toldRequests([socket], 95_000),
			"WebSocket /chat (open for 95.0 s)",
		);
	});

	test("a socket whose connection is closed, and whose handler runs still, is called one", () => {
		const socket = new OpenExchange("/chat", 0);
		Object.assign(socket.source, { upgrade: {} });
		assert.equal(
			toldRequests([socket], 95_000),
			"GET /chat (ran 95.0 s)", // a handshake that waits
		);
		socket.isAnswered = true;
		assert.equal(
			toldRequests([socket], 95_000),
			"WebSocket /chat (open for 95.0 s)",
		);
	});

	test("five at most, the oldest, and no long path", () => {
		const open = Array.from(
			{ length: 1007 },
			(_, index) => new OpenExchange(`/${index}`, 0),
		);
		assert.match(
			toldRequests(open, 1000),
			/^GET \/0 \(ran 1\.0 s\), .*GET \/4 \(ran 1\.0 s\) and 1002 more$/,
		);
		const long = new OpenExchange(`/${"a".repeat(9000)}`, 0);
		assert.equal(
			toldRequests([long], 0),
			`GET /${"a".repeat(199)}… (ran 0.0 s)`,
		);
	});
});
