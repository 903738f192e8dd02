import assert from "node:assert/strict";
import { request, type ServerResponse } from "node:http";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { App } from "../../src/app/app.ts";
import { BackgroundTasks } from "../../src/app/background-tasks.ts";
import { HTTPException } from "../../src/errors/http-exception.ts";
import { EventSourceResponse } from "../../src/http/event-source-response.ts";
import { FileResponse } from "../../src/http/file-response.ts";
import type { Request } from "../../src/http/request.ts";
import { Response } from "../../src/http/response.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { dependency } from "../../src/inject/dependency.ts";
import { serve } from "../../src/server/serve.ts";
import { TestClient } from "../../src/testing/test-client.ts";

/** How requests reach an app: sends one, reads its answer, or goes away when `signal` is aborted. */
interface Way extends AsyncDisposable {
	send(path: string, init?: RequestInit): Promise<unknown>;
}

const silent = { info() {}, warn() {}, error() {} };

const ways: Readonly<Record<string, (app: App) => Promise<Way>>> = {
	async "node:http"(app) {
		const server = await serve(app, { port: 0, signals: false, log: silent });
		return {
			async send(path, { method = "GET", signal } = {}) {
				// not by fetch: Deno's asks again when its connection is cut
				const { promise, resolve, reject } = Promise.withResolvers<void>();
				const options = { method, agent: false, ...(signal && { signal }) };
				const sent = request(server.url + path, options, (answer) => {
					answer.on("end", resolve).on("error", reject).resume();
				});
				sent.on("error", reject).end();
				return promise;
			},
			[Symbol.asyncDispose]: () => server.close(),
		};
	},
	async "app.fetch"(app) {
		return {
			async send(path, init) {
				const request = new globalThis.Request(`http://a${path}`, init);
				const { body } = await app.fetch(request);
				const reader = body?.getReader();
				init?.signal?.addEventListener("abort", () => reader?.cancel());
				while (reader !== undefined && !(await reader.read()).done) {}
			},
			async [Symbol.asyncDispose]() {},
		};
	},
	async "the test client"(app) {
		const client = await TestClient.start(app, { throwServerErrors: false });
		return {
			send: (path, { method = "GET", signal } = {}) =>
				client.request(method, path, { ...(signal && { signal }) }),
			[Symbol.asyncDispose]: () => client.close(),
		};
	},
};

/** An app that notes what happens in a request, and the promise of its end. */
function observed() {
	const events: string[] = [];
	const over = Promise.withResolvers<void>();
	const app = new App({ logger: silent });
	app.use((request, next) => {
		request.whenSettled(() => {
			events.push("settled");
			over.resolve();
		});
		return next(request);
	});
	const scope = dependency(
		{ tasks: BackgroundTasks },
		function* scope({ tasks }) {
			tasks.add(() => void events.push("task"));
			try {
				yield "value";
			} finally {
				events.push("scope left");
			}
		},
	);
	const background = () => void events.push("background");
	return { app, events, over: over.promise, scope, background };
}

type Observed = ReturnType<typeof observed>;

async function* pieces() {
	yield "a";
	yield "b";
}

/** Yields once, says so and then waits for the client to go. */
async function* untilGone(request: Request, onWait: () => void) {
	yield "a";
	const gone = new Promise((resolve) =>
		request.signal.addEventListener("abort", resolve),
	);
	onWait();
	await gone;
}

const endOfRoute = ["task", "scope left", "settled"];
const endOfResponse = ["background", ...endOfRoute];
const ownFile = fileURLToPath(import.meta.url);

/** Handlers of `/answer`, and how each ends. */
const answers: Readonly<
	Record<
		string,
		readonly [answer: (seen: Observed) => void, end: readonly string[]]
	>
> = {
	"a plain value": [
		({ app, scope }) => app.get("/answer", { scope }, () => 1),
		endOfRoute,
	],
	"a promise of a value": [
		({ app, scope }) => app.get("/answer", { scope }, async () => 1),
		endOfRoute,
	],
	"a response": [
		({ app, scope, background }) =>
			app.get("/answer", { scope }, () => new Response("a", { background })),
		endOfResponse,
	],
	"a generator": [
		({ app, scope }) => app.get("/answer", { scope }, () => pieces()),
		endOfRoute,
	],
	"a stream": [
		({ app, scope, background }) =>
			app.get(
				"/answer",
				{ scope },
				() => new StreamingResponse(pieces(), { background }),
			),
		endOfResponse,
	],
	"a stream that fails": [
		({ app, scope }) =>
			app.get("/answer", { scope }, async function* () {
				yield 1;
				throw new Error("broken");
			}),
		endOfRoute,
	],
	"server-sent events": [
		({ app, scope }) =>
			app.get("/answer", { scope }, () => new EventSourceResponse(pieces())),
		endOfRoute,
	],
	"a file": [
		({ app, scope, background }) =>
			app.get(
				"/answer",
				{ scope },
				() => new FileResponse(ownFile, { background }),
			),
		endOfResponse,
	],
	"a file that is not there": [
		({ app, scope }) =>
			app.get("/answer", { scope }, () => new FileResponse("/no/such/file")),
		endOfRoute,
	],
	"a returned error": [
		({ app, scope, background }) =>
			app.get(
				"/answer",
				{ scope },
				() => new Response("no", { status: 400, background }),
			),
		endOfResponse,
	],
	"a thrown error": [
		({ app, scope }) =>
			app.get("/answer", { scope }, () => {
				throw new HTTPException(400);
			}),
		["scope left", "settled"],
	],
	"an exception handler's response": [
		({ app, scope, background }) => {
			app.exceptionHandler(
				RangeError,
				() => new Response("no", { background }),
			);
			app.get("/answer", { scope }, () => {
				throw new RangeError("no");
			});
		},
		["scope left", "background", "settled"],
	],
	"another response, by a middleware": [
		({ app, scope, background }) => {
			app.use(async (request, next) => {
				await next(request);
				return new Response("instead", { background });
			});
			app.get("/answer", { scope }, () => new StreamingResponse(pieces()));
		},
		endOfResponse,
	],
	"no route": [() => {}, ["settled"]],
	"a mounted app": [
		({ app, scope, background }) => {
			const inner = new App();
			inner.get("/answer", { scope }, () => new Response("a", { background }));
			app.mount("/", inner);
		},
		endOfResponse,
	],
	"a mounted app's stream, through its own middleware": [
		({ app, scope }) => {
			const inner = new App();
			inner.use((request, next) => next(request));
			inner.get("/answer", { scope }, () => new StreamingResponse(pieces()));
			app.mount("/", inner);
		},
		endOfRoute,
	],
	"a fetch target": [
		({ app }) => app.mount("/", { fetch: () => new globalThis.Response("a") }),
		["settled"],
	],
};

for (const [way, open] of Object.entries(ways)) {
	suite(`a request ends exactly once, after its tasks, over ${way}`, () => {
		for (const [name, [declare, end]] of Object.entries(answers)) {
			for (const method of ["GET", "HEAD"]) {
				test(`with ${name} to ${method}`, async () => {
					const seen = observed();
					declare(seen);
					await using way = await open(seen.app);
					await way.send("/answer", { method }).catch(() => {}); // a stream that fails is cut
					await seen.over;
					if (method === "GET") {
						assert.deepEqual(seen.events, end);
					} else {
						assert.deepEqual(seen.events.slice(-1), ["settled"]);
					}
					assert.equal(new Set(seen.events).size, seen.events.length);
				});
			}
		}

		for (const isMounted of [false, true]) {
			test(`with a ${isMounted ? "mounted app's " : ""}stream that its client leaves`, async () => {
				const seen = observed();
				const inner = isMounted ? new App() : seen.app;
				const { scope, background } = seen;
				const client = new AbortController();
				inner.get(
					"/answer",
					{ scope },
					(_, request) =>
						new StreamingResponse(
							untilGone(request, () => client.abort()),
							{ background },
						),
				);
				if (isMounted) {
					seen.app.mount("/", inner);
				}
				await using way = await open(seen.app);
				const { signal } = client;
				await way.send("/answer", { signal }).catch(() => {}); // it has gone
				await seen.over;
				assert.deepEqual(seen.events, endOfResponse);
			});
		}
	});
}

test("a request that a Node handler answers ends exactly once", async () => {
	const seen = observed();
	seen.app.mount("/", (_: never, outgoing: never) => {
		(outgoing as ServerResponse).end("a"); // it is called by node:http
	});
	await using server = await serve(seen.app, {
		port: 0,
		signals: false,
		log: silent,
	});
	await fetch(`${server.url}/answer`);
	await seen.over;
	assert.deepEqual(seen.events, ["settled"]);
});
