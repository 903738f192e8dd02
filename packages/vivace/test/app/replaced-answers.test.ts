import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { describe, test } from "node:test";
import {
	App,
	dependency,
	EventSourceResponse,
	FileResponse,
	type Middleware,
	PlainTextResponse,
	Response,
	StreamingResponse,
} from "../../src/index.ts";

const quiet = { error() {}, warn() {}, info() {} };

/** Asks an app and waits until all that the request held has ended. */
async function ask(app: App, path = "/"): Promise<string> {
	const over: Promise<unknown>[] = [];
	const response = await app.fetch(new globalThis.Request(`http://a${path}`), {
		waitUntil: (end) => void over.push(end),
	});
	const text = await response.text();
	await Promise.all(over);
	return `${response.status} ${text}`;
}

/** A dependency that notes how its scope ends. */
function noted(events: string[]) {
	return dependency(async function* noted() {
		try {
			yield "value";
			events.push("left");
		} catch (error) {
			events.push(`left with ${(error as Error).message}`);
			throw error;
		}
	});
}

describe("a middleware that answers without waiting for next()", () => {
	for (const where of ["app.use", "routeMiddleware"]) {
		test(`${where}: the request is over when the handler has ended, and its scope was left once`, async () => {
			const events: string[] = [];
			const answered = Promise.withResolvers<void>();
			const impatient: Middleware = async (request, next) => {
				void next(request);
				return new PlainTextResponse("too slow", { status: 503 });
			};
			const app = new App({
				logger: quiet,
				routeMiddleware: where === "app.use" ? [] : [impatient],
			});
			app.use((request, next) => {
				request.whenSettled(() => void events.push("over"));
				return next(request);
			});
			if (where === "app.use") {
				app.use(impatient);
			}
			app.get("/", { value: noted(events) }, async () => {
				await answered.promise;
				events.push("handler");
			});
			const request = new globalThis.Request("http://a/");
			const over: Promise<unknown>[] = [];
			const response = await app.fetch(request, {
				waitUntil: (end) => void over.push(end),
			});
			assert.equal(await response.text(), "too slow");
			answered.resolve();
			await Promise.all(over);
			assert.deepEqual(events, ["handler", "left", "over"]);
		});
	}

	test("next() after the request was over is an error, and the handler does not run", async () => {
		let runs = 0;
		const later: (() => Promise<unknown>)[] = [];
		const app = new App({ logger: quiet });
		app.use((request, next) => {
			later.push(() => next(request));
			return new PlainTextResponse("at once");
		});
		app.get("/", () => ++runs);
		assert.equal(await ask(app), "200 at once");
		for (const call of later) {
			await assert.rejects(call, /called next\(\) after the request was over/);
		}
		assert.equal(runs, 0);
	});
});

describe("a web stream whose answer a middleware replaces", () => {
	test("is cancelled, so that its source ends: a handler's and a fetch target's", async () => {
		const cancelled: string[] = [];
		const endless = (name: string) =>
			new globalThis.Response(
				new ReadableStream({
					cancel() {
						cancelled.push(name);
					},
				}),
			);
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			await next(request);
			return new PlainTextResponse("other");
		});
		app.get("/handler", () => endless("handler"));
		app.mount("/target", { fetch: () => endless("target") });
		assert.equal(await ask(app, "/handler"), "200 other");
		assert.equal(await ask(app, "/target/x"), "200 other");
		assert.deepEqual(cancelled, ["handler", "target"]);
	});

	test("is cancelled where beforeSend() replaces it or throws, and where function scope fails", async () => {
		const cancelled: string[] = [];
		const endless = (name: string) =>
			new globalThis.Response(
				new ReadableStream({
					cancel() {
						cancelled.push(name);
					},
				}),
			);
		const app = new App({ logger: quiet });
		const failing = dependency(
			function* failing() {
				yield 1;
				throw new Error("the commit failed");
			},
			{ scope: "function" },
		);
		app.get("/replaced", (_, request) => {
			request.beforeSend((response) => {
				response.body = "other";
			});
			return endless("replaced");
		});
		app.get("/thrown", (_, request) => {
			request.beforeSend(() => {
				throw new Error("the change failed");
			});
			return endless("thrown");
		});
		app.get("/failed", { failing }, () => endless("failed"));
		assert.equal(await ask(app, "/replaced"), "200 other");
		assert.equal(await ask(app, "/thrown"), "500 Internal Server Error");
		assert.equal(await ask(app, "/failed"), "500 Internal Server Error");
		assert.deepEqual(cancelled, ["replaced", "thrown", "failed"]);
	});

	test("is cancelled in a response class too, as are other sources that hold something", async () => {
		const ended: string[] = [];
		const stream = (name: string) =>
			new ReadableStream<string>({
				cancel() {
					ended.push(name);
				},
			});
		const iteration = (name: string): AsyncIterableIterator<string> => ({
			[Symbol.asyncIterator]() {
				return this;
			},
			next: async () => ({ done: false, value: name }),
			return: async () => {
				ended.push(name);
				return { done: true, value: undefined };
			},
		});
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			await next(request);
			return new PlainTextResponse("other");
		});
		app.get("/streaming", () => new StreamingResponse(stream("streaming")));
		app.get("/events", () => new EventSourceResponse(stream("events")));
		app.get("/iteration", () => new StreamingResponse(iteration("iteration")));
		app.get("/lines", () => iteration("lines"));
		app.get("/raw", () => new Response(iteration("raw")));
		app.get("/file", () => {
			const file = createReadStream(import.meta.filename);
			file.once("close", () => ended.push("file"));
			return new StreamingResponse(file);
		});
		app.get(
			{ path: "/class", responseClass: EventSourceResponse },
			() => stream("class") as AsyncIterable<string>,
		);
		const kinds = ["streaming", "events", "iteration", "lines", "raw", "class"];
		for (const kind of [...kinds, "file"]) {
			assert.equal(await ask(app, `/${kind}`), "200 other", kind);
		}
		while (ended.length < 7) {
			await new Promise(setImmediate);
		}
		assert.deepEqual(ended.toSorted(), [...kinds, "file"].sort());
	});

	test("is not ended where it was sent, and one that a function makes is never made", async () => {
		const ended: string[] = [];
		const app = new App({ logger: quiet });
		let made = 0;
		let isReplaced = true;
		const answer = new StreamingResponse(() => {
			made++;
			return ["one", "two"];
		});
		app.use(async (request, next) => {
			const response = await next(request);
			return isReplaced ? new PlainTextResponse("other") : response;
		});
		app.get("/made", () => answer);
		app.get(
			"/sent",
			() =>
				new StreamingResponse(
					(async function* () {
						try {
							yield "whole";
						} finally {
							ended.push("sent");
						}
					})(),
				),
		);
		assert.equal(await ask(app, "/made"), "200 other");
		assert.equal(made, 0);
		isReplaced = false;
		assert.equal(await ask(app, "/made"), "200 onetwo");
		assert.equal(await ask(app, "/sent"), "200 whole");
		assert.deepEqual(ended, ["sent"]);
	});

	test("is cancelled where its status is none that an answer has, and where nothing of it is sent", async () => {
		const ended: string[] = [];
		const stream = (name: string) =>
			new ReadableStream<string>({
				cancel() {
					ended.push(name);
				},
			});
		const app = new App({ logger: quiet });
		app.head("/head", () => new StreamingResponse(stream("head")));
		app.get(
			"/empty",
			() => new StreamingResponse(stream("empty"), { status: 204 }),
		);
		app.get("/status", () => {
			const response = new StreamingResponse(stream("status"));
			response.status = 99;
			return response;
		});
		await ask(app, "/empty");
		const over: Promise<unknown>[] = [];
		await app.fetch(
			new globalThis.Request("http://a/head", { method: "HEAD" }),
			{
				waitUntil: (end) => void over.push(end),
			},
		);
		await Promise.all(over);
		assert.equal(await ask(app, "/status"), "500 Internal Server Error");
		assert.deepEqual(ended.toSorted(), ["empty", "head", "status"]);
	});

	test("one that is sent on arrives whole", async () => {
		const app = new App({ logger: quiet });
		app.use((request, next) => next(request));
		app.get("/", () => new globalThis.Response("whole"));
		assert.equal(await ask(app), "200 whole");
	});
});

test("a stream that fails without an error ends its request with one", async () => {
	const events: string[] = [];
	const app = new App({ logger: quiet });
	app.get(
		"/",
		{ value: noted(events) },
		() =>
			new globalThis.Response(
				new ReadableStream({ pull: (controller) => controller.error() }),
			),
	);
	const over: Promise<unknown>[] = [];
	const response = await app.fetch(new globalThis.Request("http://a/"), {
		waitUntil: (end) => void over.push(end),
	});
	await response.text().catch(() => {});
	await Promise.all(over);
	assert.deepEqual(events, ["left with the body failed and did not say why"]);
});

test("an answer that can't be made ready is a 500, and its request scope is left with the error", async () => {
	const events: string[] = [];
	const app = new App({ logger: quiet });
	const value = noted(events);
	app.get("/file", { value }, () => new FileResponse("no-such-file.txt"));
	app.get("/change", { value }, (_, request) => {
		request.beforeSend(() => {
			throw new Error("the change failed");
		});
	});
	assert.equal(await ask(app, "/file"), "500 Internal Server Error");
	assert.equal(await ask(app, "/change"), "500 Internal Server Error");
	assert.deepEqual(events, [
		"left with The FileResponse of no-such-file.txt can't be sent.",
		"left with the change failed",
	]);
});

test("a change that puts what can't be sent into the answer to an error leaves a plain 500", async () => {
	const app = new App({ logger: quiet });
	app.use((request, next) => {
		request.beforeSend((response) => {
			response.body = new FileResponse("there-is-no-such-page.html").body;
		});
		return next(request);
	});
	app.get("/", () => {
		throw new Error("unexpected");
	});
	assert.equal(await ask(app), "500 Internal Server Error");
});

describe("a result that only has then(), as a query of Drizzle or Prisma,", () => {
	const query = () => {
		const pending = Promise.resolve([{ id: 1 }]);
		// biome-ignore lint/suspicious/noThenProperty: what such queries are
		return { then: pending.then.bind(pending) } as Promise<{ id: number }[]>;
	};

	test("is awaited, with dependencies and without, and within the scope", async () => {
		const events: string[] = [];
		const app = new App({ logger: quiet });
		app.get("/plain", () => query());
		app.get("/scoped", { value: noted(events) }, () => query());
		assert.equal(await ask(app, "/plain"), '200 [{"id":1}]');
		assert.equal(await ask(app, "/scoped"), '200 [{"id":1}]');
		assert.deepEqual(events, ["left"]);
	});
});

test("a class behind a proxy is made with new", async () => {
	class Clock {
		readonly now = 5;
	}
	const app = new App({ logger: quiet });
	const clock = dependency(new Proxy(Clock, {}));
	app.get("/", { clock }, ({ clock }) => clock.now);
	assert.equal(await ask(app), "200 5");
});
