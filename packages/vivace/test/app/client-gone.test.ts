import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { describe, test } from "node:test";
import {
	App,
	BackgroundTasks,
	type DependencyScope,
	dependency,
	EventSourceResponse,
	type Request,
	StreamingResponse,
	serve,
} from "../../src/index.ts";
import { RawClient } from "../server/raw-client.ts";

/** An app on a real socket whose dependencies write down what happens to them. */
async function served(declare: (app: App, lines: string[]) => void) {
	const lines: string[] = [];
	const log = (message: string, error?: unknown) =>
		void lines.push(`logged: ${message} ${error ?? ""}`);
	const logger = { error: log, warn: log, info() {} };
	const app = new App({ logger });
	declare(app, lines);
	const server = await serve(app, { port: 0, signals: false, log: logger });
	return {
		lines,
		open: () => RawClient.open(server.port),
		/** Closes the server, which waits for all that is still to be left. */
		async over(): Promise<string[]> {
			await server.close();
			return lines;
		},
		[Symbol.asyncDispose]: () => server.close(),
	};
}

function recorded(
	name: string,
	lines: string[],
	scope: Exclude<DependencyScope, "app">,
	params: Record<string, ReturnType<typeof dependency>> = {},
) {
	return dependency(
		params,
		async function* () {
			lines.push(`${name} enters`);
			let end = "leaves";
			try {
				yield name;
			} catch (error) {
				end = `hears ${(error as Error).name}`;
				throw error;
			} finally {
				await new Promise((resolve) => setImmediate(resolve));
				lines.push(`${name} ${end}`);
			}
		},
		{ scope, name },
	);
}

function aborted({ signal }: Request): Promise<unknown> {
	return signal.aborted ? Promise.resolve() : once(signal, "abort");
}

describe("a client that goes away", () => {
	test("before the answer aborts the request's signal; what was entered is left once, in order, with the error", async () => {
		const begun = Promise.withResolvers<void>();
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const b = recorded("b", lines, "request", { a });
			const c = recorded("c", lines, "function", { b });
			app.get(
				"/",
				{ c, tasks: BackgroundTasks },
				async ({ tasks }, request) => {
					tasks.add(() => lines.push("task"));
					begun.resolve();
					await aborted(request);
					lines.push((request.signal.reason as Error).name);
					return "nobody reads it";
				},
			);
		});
		{
			await using client = await server.open();
			client.request("/");
			await begun.promise;
		}
		assert.deepEqual(await server.over(), [
			"a enters",
			"b enters",
			"c enters",
			"ClientGoneError",
			"c leaves",
			"task",
			"b hears ClientGoneError",
			"a hears ClientGoneError",
		]);
	});

	test("and whose handler gives up is an error for every scope, but none for the log", async () => {
		const begun = Promise.withResolvers<void>();
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const b = recorded("b", lines, "function", { a });
			app.get("/", { b }, async (_values, request) => {
				begun.resolve();
				await aborted(request);
				request.signal.throwIfAborted();
			});
		});
		{
			await using client = await server.open();
			client.request("/");
			await begun.promise;
		}
		assert.deepEqual(await server.over(), [
			"a enters",
			"b enters",
			"b hears ClientGoneError",
			"a hears ClientGoneError",
		]);
	});

	test("while a dependency is being set up is noticed by whoever looks; all of it is left", async () => {
		const begun = Promise.withResolvers<void>();
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const slow = dependency({ a }, async function* (_values, request) {
				begun.resolve();
				await aborted(request);
				yield;
				lines.push("never");
			});
			const b = recorded("b", lines, "function", { slow });
			app.get("/", { b }, () => "nobody reads it");
		});
		{
			await using client = await server.open();
			client.request("/");
			await begun.promise;
		}
		assert.deepEqual(await server.over(), [
			"a enters",
			"b enters",
			"b leaves",
			"a hears ClientGoneError",
		]);
	});

	for (const [form, answer] of [
		[
			"a stream",
			(chunks: AsyncGenerator<string>) => new StreamingResponse(chunks),
		],
		[
			"server-sent events",
			(chunks: AsyncGenerator<string>) => new EventSourceResponse(chunks),
		],
	] as const) {
		test(`during ${form} ends it first, then request scope; function scope was left before it began`, async () => {
			const ended = Promise.withResolvers<void>();
			await using server = await served((app, lines) => {
				const a = recorded("a", lines, "request");
				const b = recorded("b", lines, "function", { a });
				app.get("/", { b }, (_values, request) => {
					async function* chunks() {
						try {
							yield "chunk";
							await aborted(request);
						} finally {
							lines.push("body ends");
							ended.resolve();
						}
					}
					return answer(chunks());
				});
			});
			{
				await using client = await server.open();
				client.request("/");
				await client.receive("chunk");
			}
			await ended.promise; // before the server stops, which ends such a stream as well
			assert.deepEqual(await server.over(), [
				"a enters",
				"b enters",
				"b leaves",
				"body ends",
				"a hears ClientGoneError",
			]);
		});
	}

	test("during a handler that is a generator ends that first, then function scope, then request scope", async () => {
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const b = recorded("b", lines, "function", { a });
			app.get("/", { b }, async function* (_values, request) {
				try {
					yield "chunk";
					await aborted(request);
				} finally {
					lines.push("handler ends");
				}
			});
		});
		{
			await using client = await server.open();
			client.request("/");
			await client.receive("chunk");
		}
		assert.deepEqual(await server.over(), [
			"a enters",
			"b enters",
			"handler ends",
			"b hears ClientGoneError",
			"a hears ClientGoneError",
		]);
	});

	test("leaves the async context of the set-up to the clean-up, though a socket's event began it", async () => {
		const storage = new AsyncLocalStorage<string>();
		await using server = await served((app, lines) => {
			app.use((request, next) =>
				storage.run(request.path, () => next(request)),
			);
			const contexts = (scope: "function" | "request") =>
				dependency(
					async function* () {
						try {
							yield;
						} finally {
							lines.push(`${scope} in ${storage.getStore()}`);
						}
					},
					{ scope },
				);
			app.get(
				"/{name}",
				{ a: contexts("request"), b: contexts("function") },
				async function* (_values, request) {
					yield "chunk";
					await aborted(request);
				},
			);
		});
		{
			await using one = await server.open();
			await using two = await server.open();
			one.request("/one");
			await one.receive("chunk");
			two.request("/two");
			await two.receive("chunk");
		}
		assert.deepEqual((await server.over()).toSorted(), [
			"function in /one",
			"function in /two",
			"request in /one",
			"request in /two",
		]);
	});
});

describe("an exit that throws", () => {
	test("before the answer has left is a 500 for the client, and outer scopes hear of it", async () => {
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const session = dependency(
				{ a },
				async function* () {
					yield;
					throw new RangeError("commit failed");
				},
				{ scope: "function" },
			);
			app.get("/", { session }, () => "stored");
		});
		await using client = await server.open();
		client.request("/");
		await client.receive("Internal Server Error");
		assert.match(client.received, /^HTTP\/1\.1 500 /);
		assert.doesNotMatch(client.received, /commit failed/);
		assert.deepEqual(server.lines.slice(0, 2), [
			"a enters",
			"a hears RangeError",
		]);
		assert.match(
			server.lines[2] ?? "",
			/^logged: GET \/: unhandled RangeError/,
		);
	});

	test("after the answer has left is logged; the others are left, and the connection goes on", async () => {
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const late = dependency({ a }, async function* () {
				yield;
				throw new RangeError("too late");
			});
			app.get("/", { late }, () => "first");
			app.get("/second", () => "second");
		});
		await using client = await server.open();
		client.request("/");
		await client.receive('"first"');
		client.request("/second");
		await client.receive('"second"');
		assert.match(client.received, /^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 200 /);
		const [enters, hears, logged, ...others] = await server.over();
		assert.deepEqual([enters, hears], ["a enters", "a hears RangeError"]);
		assert.match(logged ?? "", /^logged: .*RangeError: too late/);
		assert.deepEqual(others, []);
	});

	test("behind a generator handler, whose answer is on its way, is logged too", async () => {
		await using server = await served((app, lines) => {
			const a = recorded("a", lines, "request");
			const session = dependency(
				{ a },
				async function* () {
					yield;
					throw new RangeError("too late");
				},
				{ scope: "function" },
			);
			app.get("/", { session }, async function* () {
				yield "item";
			});
		});
		await using client = await server.open();
		client.request("/");
		await client.receive("item"); // Bun sends it with its length
		const lines = await server.over();
		assert.deepEqual(lines.slice(0, 2), ["a enters", "a hears RangeError"]);
		assert.match(lines[2] ?? "", /^logged: .*RangeError: too late/);
	});
});
