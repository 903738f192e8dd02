import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { App } from "../../src/app/app.ts";
import { HTTPException } from "../../src/errors/http-exception.ts";
import { EventSourceResponse } from "../../src/http/event-source-response.ts";
import { FileResponse } from "../../src/http/file-response.ts";
import { JSONResponse } from "../../src/http/json-response.ts";
import type { Middleware } from "../../src/http/middleware.ts";
import { PlainTextResponse } from "../../src/http/plain-text-response.ts";
import type { Request } from "../../src/http/request.ts";
import { Response } from "../../src/http/response.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { dependency } from "../../src/inject/dependency.ts";
import { compress } from "../../src/middleware/compress.ts";
import { cors } from "../../src/middleware/cors.ts";
import { httpsRedirect } from "../../src/middleware/https-redirect.ts";
import { trustedHosts } from "../../src/middleware/trusted-hosts.ts";
import { TestClient } from "../../src/testing/test-client.ts";

/** Sets a cookie and a header that say who asks. */
const naming: Middleware = async (request, next) => {
	const response = await next(request);
	const user = request.header("x-user") ?? "nobody";
	response.setCookie("user", user);
	response.headers.append("x-seen", user);
	return response;
};

/** The answer as a client sees it: everything but the length, which belongs to the body. */
async function seenBy(client: TestClient, user: string, path = "/") {
	client.cookies.clear();
	const response = await client.get(path, { headers: { "x-user": user } });
	return {
		status: response.status,
		text: await response.text(),
		cookies: response.headers.getSetCookie(),
		seen: response.headers.get("x-seen"),
	};
}

const padding = "x".repeat(1000);

function cookieOf(user: string) {
	return [`user=${user}; Path=/; SameSite=lax`];
}

async function assertApart(app: App, path = "/") {
	await using client = await TestClient.start(app);
	for (const users of [["ada"], ["bob"], ["eve", "joe"]]) {
		const all = await Promise.all(
			users.map((user) => seenBy(client, user, path)),
		);
		for (const [index, user] of users.entries()) {
			assert.deepEqual(all[index]?.cookies, cookieOf(user));
			assert.equal(all[index]?.seen, user);
		}
	}
}

suite("a response that was made once is each client's own", () => {
	test("where a handler returns it and a middleware sets cookies", async () => {
		const ok = new PlainTextResponse("ok");
		const app = new App();
		app.use(naming);
		app.get("/", () => ok);
		await assertApart(app);
		assert.deepEqual(
			[...ok.headers].map(([name]) => name),
			["content-type"],
		);
	});

	test("where the middleware is a route's", async () => {
		const ok = new PlainTextResponse("ok");
		const app = new App();
		app.get({ path: "/", routeMiddleware: [naming] }, () => ok);
		await assertApart(app);
	});

	test("where an exception handler returns it", async () => {
		const no = new JSONResponse({ no: true }, { status: 418 });
		const app = new App();
		app.use(naming);
		app.exceptionHandler(RangeError, () => no);
		app.exceptionHandler(404, () => no);
		app.get("/", () => {
			throw new RangeError("no");
		});
		await assertApart(app);
		await assertApart(app, "/missing");
	});

	test("where the last resort returns it", async () => {
		const no = new PlainTextResponse("no", { status: 500 });
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		app.exceptionHandler(Error, () => no);
		app.use(async (request, next) => {
			request.beforeSend((response) => {
				response.headers.append("x-seen", request.header("x-user") ?? "");
			});
			return next(request);
		});
		app.get("/", () => {
			throw new Error("no");
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		for (const user of ["ada", "bob"]) {
			assert.equal((await seenBy(client, user)).seen, user);
		}
	});

	test("where a middleware answers with it", async () => {
		const closed = new PlainTextResponse("closed", { status: 503 });
		const app = new App();
		app.use(naming, () => closed);
		await assertApart(app);
	});

	test("where a middleware keeps what next() gave and answers with it again", async () => {
		const kept = new Map<string, Response>();
		const app = new App();
		let calls = 0;
		app.use(naming, async (request, next) => {
			const response = kept.get(request.path) ?? (await next(request));
			kept.set(request.path, response);
			return response;
		});
		app.get("/", () => ({ calls: ++calls }));
		await assertApart(app);
		assert.equal(calls, 1);
	});

	test("where a mounted app returns it, through middleware of both", async () => {
		const ok = new PlainTextResponse("ok");
		const inner = new App();
		inner.use(async (request, next) => {
			const response = await next(request);
			response.headers.append("x-inner", "1");
			return response;
		});
		inner.get("/", () => ok);
		const app = new App();
		app.use(naming);
		app.mount("/sub", inner);
		await assertApart(app, "/sub/");
		assert.equal(ok.headers.has("x-inner"), false);
	});

	test("where it is changed before it is sent", async () => {
		const ok = new PlainTextResponse("ok");
		const app = new App();
		app.use((request, next) => {
			const user = request.header("x-user") ?? "";
			request.beforeSend((response) => {
				response.setCookie("user", user);
				response.headers.append("x-seen", user);
			});
			return next(request);
		});
		app.get("/", () => ok);
		await assertApart(app);
	});
});

suite("the built-in middleware leaves a response that was made once as it was", () => {
	const layers: Readonly<Record<string, Middleware>> = {
		compress: compress({ minimumSizeBytes: 10 }),
		cors: cors({
			allowOrigins: ["http://ada.example", "http://bob.example"],
			allowCredentials: true,
		}),
		httpsRedirect: httpsRedirect(),
		trustedHosts: trustedHosts({ allowedHosts: ["testserver"] }),
	};
	for (const [name, layer] of Object.entries(layers)) {
		test(name, async () => {
			const ok = new PlainTextResponse(padding, { headers: { etag: '"1"' } });
			const before = [...ok.headers];
			const app = new App();
			app.use(layer);
			app.get("/", () => ok);
			await using client = await TestClient.start(app, {
				baseUrl: "https://testserver", // where nothing is redirected
			});
			const ask = (headers: Record<string, string>) =>
				client.get("/", { headers });
			const gzip = await ask({
				"accept-encoding": "gzip",
				origin: "http://ada.example",
			});
			const plain = await ask({
				"accept-encoding": "identity",
				origin: "http://bob.example",
			});
			const again = await ask({});
			assert.equal(plain.headers.get("content-encoding"), null);
			assert.equal(again.headers.get("content-encoding"), null);
			assert.equal(await again.text(), padding);
			assert.equal(again.headers.get("etag"), '"1"');
			if (name === "compress") {
				assert.equal(gzip.headers.get("content-encoding"), "gzip");
			}
			if (name === "cors") {
				const origins = [gzip, plain, again].map(({ headers }) =>
					headers.get("access-control-allow-origin"),
				);
				const expected = ["http://ada.example", "http://bob.example", null];
				assert.deepEqual(origins, expected);
				assert.equal(again.headers.get("vary"), "Origin");
			}
			assert.deepEqual([...ok.headers], before);
			assert.equal(ok.body, padding);
		});
	}
});

suite("a body that is sent again", () => {
	test("is the file as each client asks for it", async () => {
		const folder = await mkdtemp(join(tmpdir(), "vivace-"));
		try {
			const path = join(folder, "a.txt");
			await writeFile(path, "0123456789");
			const file = new FileResponse(path, { filename: "a.txt" });
			const app = new App();
			app.get("/", () => file);
			await using client = await TestClient.start(app);
			const part = await client.get("/", { headers: { range: "bytes=2-3" } });
			assert.equal(part.status, 206);
			assert.equal(await part.text(), "23");
			const whole = await client.get("/");
			assert.equal(whole.status, 200);
			assert.equal(await whole.text(), "0123456789");
			const etag = whole.headers.get("etag") ?? "";
			const none = await client.get("/", {
				headers: { "if-none-match": etag },
			});
			assert.equal(none.status, 304);
			await writeFile(path, "changed");
			assert.equal(await (await client.get("/")).text(), "changed");
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	test("is made by a stream's function for each client", async () => {
		let calls = 0;
		const stream = new StreamingResponse(async function* () {
			yield `${++calls}`;
		});
		const events = new EventSourceResponse(function* () {
			yield ++calls;
		});
		const app = new App();
		app.get("/stream", () => stream);
		app.get("/events", () => events);
		await using client = await TestClient.start(app);
		const texts: string[] = [];
		for (const path of ["/stream", "/stream", "/events", "/events"]) {
			texts.push(await (await client.get(path)).text());
		}
		assert.deepEqual(texts, ["1", "2", "data: 3\n\n", "data: 4\n\n"]);
	});

	for (const [name, response] of Object.entries({
		StreamingResponse: new StreamingResponse(once()),
		"StreamingResponse of a web stream": new StreamingResponse(
			new Blob(["a"]).stream(),
		),
		EventSourceResponse: new EventSourceResponse(once()),
		Response: new Response(once()),
	})) {
		test(`is an error that says so where the ${name} can be sent once`, async () => {
			const app = new App({ logger: { info() {}, warn() {}, error() {} } });
			app.get("/", () => response);
			await using client = await TestClient.start(app);
			await client.get("/");
			await assert.rejects(client.get("/"), {
				name: "TypeError",
				message: new RegExp(`${name.split(" ")[0]} has been sent; .*function`),
			});
		});
	}

	test("is sent again from a list", async () => {
		const list = new StreamingResponse(["a", "b"]);
		const app = new App();
		app.get("/", () => list);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "ab");
		assert.equal(await (await client.get("/")).text(), "ab");
	});

	test("is refused where it is a web response that was returned before", async () => {
		const web = new globalThis.Response("a");
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		app.get("/", () => web);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "a");
		await assert.rejects(client.get("/"), /response\.clone\(\)/);
	});

	test("is refused where what a stream's function makes can't be iterated", async () => {
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		const one = (() => 1) as unknown as () => string[];
		app.get("/", () => new StreamingResponse(one));
		await using client = await TestClient.start(app);
		await assert.rejects(client.get("/"), /must make an iterable/);
	});
});

async function* once() {
	yield "a";
}

suite("the background of a response", () => {
	test("runs each time that the response is sent", async () => {
		let runs = 0;
		const ok = new PlainTextResponse("ok", { background: () => runs++ });
		const app = new App();
		app.get("/", () => ok);
		await using client = await TestClient.start(app);
		await client.get("/");
		await client.get("/");
		assert.equal(runs, 2);
	});

	test("set on the response that a handler asks for runs as well", async () => {
		let runs = 0;
		const app = new App();
		app.get("/", { response: Response }, ({ response }) => {
			response.background = () => runs++;
			return "ok";
		});
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.equal(runs, 1);
	});

	test("does not run where another response is sent", async () => {
		let runs = 0;
		const app = new App();
		app.use(async (request, next) => {
			await next(request);
			return new PlainTextResponse("instead");
		});
		app.get(
			"/",
			() => new PlainTextResponse("ok", { background: () => runs++ }),
		);
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.equal(runs, 0);
	});

	test("must be a function", () => {
		const background = "mail" as unknown as () => void;
		assert.throws(() => new Response("ok", { background }), {
			name: "SetupError",
			message:
				'VIV_OPTION: Response: background must be a function, got "mail".',
		});
	});
});

suite("what is registered for the end of a request", () => {
	test("runs the last first, is awaited, and is told what went wrong before it", async () => {
		const events: unknown[] = [];
		const logged: unknown[] = [];
		const logger = {
			info() {},
			warn() {},
			error: (_: string, error: unknown) => logged.push(error),
		};
		const failure = new Error("task");
		const app = new App({ logger });
		app.get("/", (_, request) => {
			request.whenSettled(({ error }) => void events.push(["first", error]));
			request.whenSettled(async () => {
				await new Promise(setImmediate);
				events.push("second");
				throw failure;
			});
			request.whenSettled(({ error, sentAtMs }) => {
				events.push(["third", error, sentAtMs <= performance.now()]);
			});
			return "ok";
		});
		await using client = await TestClient.start(app);
		await client.get("/");
		const third = ["third", undefined, true];
		assert.deepEqual(events, [third, "second", ["first", failure]]);
		assert.deepEqual(logged, [failure]);
	});

	test("can't be registered when the request is over", async () => {
		const requests: Request[] = [];
		const app = new App();
		app.get("/", (_, request) => {
			requests.push(request);
			return "ok";
		});
		await using client = await TestClient.start(app);
		await client.get("/");
		for (const request of requests) {
			assert.throws(
				() => request.whenSettled(() => {}),
				/TypeError: .*the request is over/,
			);
			assert.throws(
				() => request.beforeSend(() => {}),
				/TypeError: .*the answer is leaving/,
			);
		}
		assert.equal(requests.length, 1);
	});

	test("runs next where it is registered while the request ends, by a handler that nobody has waited for", async () => {
		const events: string[] = [];
		const app = new App();
		app.get("/", (_, request) => {
			request.whenSettled(() => void events.push("first"));
			request.whenSettled(() => {
				events.push("last");
				request.whenSettled(() => void events.push("late"));
			});
			return "ok";
		});
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(events, ["last", "late", "first"]);
	});

	test("throws a background's error into request scope, as a failing task's", async () => {
		const seen: unknown[] = [];
		const failure = new Error("background");
		const scope = dependency(function* scope() {
			try {
				yield 1;
			} catch (error) {
				seen.push(error);
				throw error;
			}
		});
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		const background = () => Promise.reject(failure);
		app.get("/", { scope }, () => new Response("ok", { background }));
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(seen, [failure]);
	});
});

suite("what changes an answer before it is sent", () => {
	test("sees whichever leaves: of a handler, an error, no route, a mounted app, a file", async () => {
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		const inner = new App();
		inner.get("/", () => "inner");
		app.use((request, next) => {
			request.beforeSend((response) => {
				response.headers.set("x-status", String(response.status));
			});
			return next(request);
		});
		app.get("/", () => "ok");
		app.get("/file", () => new FileResponse(import.meta.filename));
		app.get("/http", () => {
			throw new HTTPException(418);
		});
		app.get("/error", () => {
			throw new Error("unexpected");
		});
		app.get("/no-file", () => new FileResponse("/no/such/file"));
		app.mount("/sub", inner);
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		for (const [path, status] of [
			["/", 200],
			["/file", 200],
			["/http", 418],
			["/error", 500],
			["/no-file", 500],
			["/none", 404],
			["/sub/", 200],
		] as const) {
			const response = await client.get(path);
			assert.equal(response.headers.get("x-status"), String(status), path);
		}
	});

	test("runs the last registered first, may be asynchronous, and makes a 500 when it fails", async () => {
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		app.get("/", (_, request) => {
			request.beforeSend((response) =>
				response.headers.set("x-order", "outer"),
			);
			request.beforeSend(async (response) => {
				await new Promise(setImmediate);
				response.headers.set("x-order", "inner");
				if (request.search !== "") {
					throw new Error("broken");
				}
			});
			return "ok";
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		assert.equal((await client.get("/")).headers.get("x-order"), "outer");
		const failed = await client.get("/?fail");
		assert.equal(failed.status, 500);
		assert.equal(failed.headers.get("x-order"), "outer");
	});
});

suite("request.state", () => {
	test("is each request's own", async () => {
		const app = new App({
			async *lifespan() {
				yield { model: "m", user: "nobody" };
			},
		});
		app.use((request, next) => {
			const name = request.header("x-user");
			if (name !== undefined) {
				Object.assign(request.state, { user: name, extra: name });
			}
			return next(request);
		});
		app.get("/", (_, request) => ({ ...request.state }));
		await using client = await TestClient.start(app);
		const named = await client.get("/", { headers: { "x-user": "ada" } });
		assert.deepEqual(await named.json(), {
			model: "m",
			user: "ada",
			extra: "ada",
		});
		const other = await client.get("/");
		assert.deepEqual(await other.json(), { model: "m", user: "nobody" });
		assert.deepEqual(app.state, { model: "m", user: "nobody" });
	});

	test("of a mounted app is its own, with what the outer app's middleware has written", async () => {
		const inner = new App({
			async *lifespan() {
				yield { of: "inner" };
			},
		});
		inner.get("/", (_, request) => {
			const before = { ...request.state };
			Object.assign(request.state, { written: true });
			return { state: before, locals: request.locals.user };
		});
		const app = new App({
			async *lifespan() {
				yield { of: "outer", only: "outer" };
			},
		});
		app.use((request, next) => {
			const user = request.header("x-user");
			if (user !== undefined) {
				Object.assign(request.state, { user });
				request.locals.user = user;
			}
			return next(request);
		});
		app.mount("/sub", inner);
		await using client = await TestClient.start(app);
		const named = await client.get("/sub/", { headers: { "x-user": "ada" } });
		assert.deepEqual(await named.json(), {
			state: { of: "inner", user: "ada" },
			locals: "ada",
		});
		const other = await client.get("/sub/");
		assert.deepEqual(await other.json(), { state: { of: "inner" } });
	});
});
