import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExchangeApp } from "../../src/http/exchange.ts";
import { Response } from "../../src/http/response.ts";
import { WebExchange } from "../../src/http/web-exchange.ts";

/** An exchange of an app that does nothing but to log. */
function exchangeWith(logError: (message: string) => void) {
	const exchange = new WebExchange(new globalThis.Request("http://it/items"));
	const app: ExchangeApp = {
		exitTimeoutMs: 0,
		rootPath: "",
		logger: { info() {}, warn() {}, error: logError },
		track: (end) => end(),
	};
	exchange.begin(app);
	return exchange;
}

test("an end that waits for nothing is over when settle() returns", () => {
	const lines: string[] = [];
	const exchange = exchangeWith((message) => lines.push(message));
	exchange.whenSettled(({ error }) => void lines.push(`first: ${error}`));
	exchange.leaveWhenSettled(() => {
		throw "no luck";
	});
	exchange.whenSettled(() => void lines.push("last"));
	assert.equal(exchange.settle(), undefined);
	assert.equal(exchange.isOver, true);
	assert.deepEqual(lines, [
		"last",
		"GET /items: an error after the response had been sent, in a background task or a dependency's clean-up",
		"first: no luck",
	]);
});

test("one that must be waited for is waited for, and those before it run after it", async () => {
	const lines: string[] = [];
	const exchange = exchangeWith((message) => lines.push(message));
	const { promise, resolve } = Promise.withResolvers<void>();
	exchange.whenSettled(() => void lines.push("first"));
	exchange.whenSettled(() => promise);
	const settled = exchange.settle();
	assert.deepEqual([lines, exchange.isOver], [[], false]);
	resolve();
	await settled;
	assert.deepEqual([lines, exchange.isOver], [["first"], true]);
});

test("a logger that throws keeps no end from running", (t) => {
	const uncaught: (() => void)[] = [];
	t.mock.method(globalThis, "queueMicrotask", (throws: () => void) =>
		uncaught.push(throws),
	);
	const exchange = exchangeWith(() => {
		throw new Error("the disk is full");
	});
	let hasRun = false;
	exchange.whenSettled(() => {
		hasRun = true;
	});
	exchange.whenSettled(() => {
		throw new Error("no luck");
	});
	exchange.settle();
	assert.deepEqual([hasRun, exchange.isOver], [true, true]);
	assert.equal(uncaught.length, 1);
	assert.throws(uncaught[0] as () => void, /the disk is full/);
});

test("the request is kept for those that may look at it at the end, and for no others", () => {
	const leaving = exchangeWith(() => {});
	leaving.leaveWhenSettled(() => {});
	assert.deepEqual([leaving.hasEnds, leaving.isReadAtEnd], [true, false]);
	const opened = exchangeWith(() => {});
	opened.opened = {};
	opened.leaveWhenSettled(() => {});
	assert.equal(opened.isReadAtEnd, true);
	const asked = exchangeWith(() => {});
	asked.whenSettled(() => {});
	assert.equal(asked.isReadAtEnd, true);
});

test("an answer that fails on its way is answered by who takes answers", async () => {
	const exchange = exchangeWith(() => {});
	const { app } = exchange;
	assert.ok(app);
	exchange.begin(app, {
		take: (_, answer) => answer?.status ?? 101,
		fail: (_, error) => String(error),
	});
	assert.equal(exchange.give(new Response(null, { status: 204 })), 204);
	assert.equal(await exchange.giveLater(Promise.resolve(undefined)), 101);
	assert.equal(
		await exchange.giveLater(Promise.reject(new Error("on purpose"))),
		"Error: on purpose",
	);
});
