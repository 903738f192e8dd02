import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { WebSocketRequestValidationError } from "../../src/exceptions.ts";
import {
	App,
	BackgroundTasks,
	Cookie,
	dependency,
	Header,
	HTTPException,
	JSONResponse,
	Path,
	Query,
	Request,
	Response,
	Router,
	WebSocket,
	WebSocketDisconnect,
	WebSocketException,
} from "../../src/index.ts";
import { csrf, trustedHosts } from "../../src/middleware.ts";
import { apiKeyHeader } from "../../src/security.ts";
import {
	TestClient,
	type TestSocket,
	WebSocketRefusedError,
} from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

async function refused(
	opening: Promise<TestSocket>,
): Promise<WebSocketRefusedError> {
	try {
		await opening;
	} catch (error) {
		assert.ok(error instanceof WebSocketRefusedError, String(error));
		return error;
	}
	throw new Error("it was accepted");
}

// FastAPI, tests/test_ws_router.py
test("sockets stand in apps and routers, below prefixes, with parameters of path and query", async () => {
	const router = new Router();
	router.websocket("/router", async (_values, socket) => {
		await socket.sendText("Hello, router!");
	});
	router.websocket(
		"/router/{pathparam:path}",
		{ queryparam: z.string() },
		async ({ pathparam, queryparam }, socket) => {
			await socket.sendText(pathparam);
			await socket.sendText(queryparam);
		},
	);
	const native = new Router({ prefix: "/native" });
	native.websocket("/", async (_values, socket) => {
		await socket.sendText("Hello, router with native prefix!");
	});
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		await socket.sendText("Hello, world!");
		await socket.close();
	});
	app.include(router);
	app.include(router, { prefix: "/prefix" });
	app.include(native);
	await using client = await TestClient.start(app);
	const first = async (path: string) => {
		await using socket = await client.websocket(path);
		return await socket.receiveText();
	};
	assert.equal(await first("/"), "Hello, world!");
	assert.equal(await first("/router"), "Hello, router!");
	assert.equal(await first("/prefix/router"), "Hello, router!");
	assert.equal(await first("/native/"), "Hello, router with native prefix!");
	await using socket = await client.websocket(
		"/router/path/to/file?queryparam=a_query_param",
	);
	assert.equal(await socket.receiveText(), "path/to/file");
	assert.equal(await socket.receiveText(), "a_query_param");
	assert.deepEqual(await socket.closed, { code: 1000, reason: "" });
});

// FastAPI, tests/test_ws_dependencies.py
test("dependencies of app, include, router and route are made in this order", async () => {
	const names = dependency((): string[] => []);
	const named = (name: string) =>
		dependency({ names }, ({ names }) => {
			names.push(name);
		});
	const app = new App({ dependencies: [named("app")] });
	const router = new Router({ dependencies: [named("router")] });
	router.websocket(
		{ path: "/router", dependencies: [named("routerindex")] },
		{ names },
		({ names }, socket) => socket.sendJson(names),
	);
	app.include(router, { dependencies: [named("router2")] });
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/router");
	assert.deepEqual(await socket.receiveJson(), [
		"app",
		"router2",
		"router",
		"routerindex",
	]);
});

test("an override stands in for a socket's dependency", async () => {
	const word = dependency(() => "Socket Dependency");
	const app = new App();
	app.websocket("/", { word }, ({ word }, socket) => socket.sendText(word));
	await using client = await TestClient.start(app);
	const said = async () => {
		await using socket = await client.websocket("/");
		return await socket.receiveText();
	};
	assert.equal(await said(), "Socket Dependency");
	app.overrides.set(
		word,
		dependency(() => "Override"),
	);
	assert.equal(await said(), "Override");
});

// FastAPI, tests/test_dependency_yield_scope_websockets.py
test("function scope ends when the handler has returned, request scope after the socket, app scope with the app", async () => {
	const log: string[] = [];
	const scoped = (scope: "app" | "request" | "function") =>
		dependency(
			async function* () {
				log.push(`${scope} begins`);
				yield scope;
				log.push(`${scope} ends`);
			},
			{ scope },
		);
	const app = new App();
	app.websocket(
		"/",
		{ a: scoped("app"), r: scoped("request"), f: scoped("function") },
		async ({ a, r, f }, socket) => {
			log.push(`${socket.isAccepted}`);
			await socket.sendJson([a, r, f]);
			await socket.receive();
			log.push("handler ends");
		},
	);
	{
		await using client = await TestClient.start(app);
		await using socket = await client.websocket("/");
		void socket.closed.then(() => log.push("closed"));
		assert.deepEqual(await socket.receiveJson(), [
			"app",
			"request",
			"function",
		]);
		assert.deepEqual(log, [
			"app begins",
			"request begins",
			"function begins",
			"false",
		]);
		await socket.sendText("end");
		await socket.closed;
	}
	assert.deepEqual(log.slice(4), [
		"handler ends",
		"function ends",
		"closed",
		"request ends",
		"app ends",
	]);
});

// FastAPI under uvicorn: the code and the reason of a refusal are lost
test("what refuses a handshake before it is accepted answers as FastAPI does", async () => {
	const app = new App({ logger: quiet });
	const missing = dependency({ x_missing: Header(z.string()) }, () => 1);
	app.websocket("/validate", { missing }, () => {});
	app.websocket("/items/{id}", { id: z.int() }, () => {});
	app.websocket("/close", (_values, socket) => socket.close(4321, "x"));
	app.websocket("/exception", () => {
		throw new WebSocketException(1008, "no");
	});
	app.websocket("/http", () => {
		throw new HTTPException(401, "Who?", {
			headers: { "WWW-Authenticate": "Bearer" },
		});
	});
	app.websocket("/error", () => {
		throw new TypeError("a bug");
	});
	app.websocket("/silent", () => {});
	app.get("/plain", () => 1);
	const answers = async (path: string) => {
		const { status, response } = await refused(client.websocket(path));
		return [status, await response.text()];
	};
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	for (const path of [
		"/validate",
		"/items/abc",
		"/close",
		"/exception",
		"/plain",
		"/nowhere",
		"/close/",
	]) {
		assert.deepEqual(await answers(path), [403, ""], path);
	}
	const { response } = await refused(client.websocket("/http"));
	assert.equal(response.status, 401);
	assert.equal(response.headers.get("www-authenticate"), "Bearer");
	assert.deepEqual(await response.json(), { detail: "Who?" });
	assert.deepEqual(await answers("/error"), [500, "Internal Server Error"]);
	assert.deepEqual(await answers("/silent"), [500, "Internal Server Error"]);
});

test("a socket's path is nothing for a plain request, and stands in no document", async () => {
	const app = new App();
	app.websocket("/ws", () => {});
	await using client = await TestClient.start(app);
	for (const method of ["GET", "POST"]) {
		const response = await client.request(method, "/ws");
		assert.equal(response.status, 404);
		assert.deepEqual(await response.json(), { detail: "Not Found" });
	}
	assert.deepEqual(app.openapi().paths, {});
	assert.deepEqual(
		app.routes.map(({ kind, path, methods }) => [kind, path, methods]),
		[["socket", "/ws", []]],
	);
});

test("a path may have a path operation and a socket", async () => {
	const app = new App();
	app.get("/both", () => "http");
	app.websocket("/both", (_values, socket) => socket.sendText("socket"));
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/both")).json(), "http");
	await using socket = await client.websocket("/both");
	assert.equal(await socket.receiveText(), "socket");
});

test("the error of an open socket closes it with 1011, a WebSocketException with its own code", async () => {
	const lines: string[] = [];
	const logger = { ...quiet, error: (line: string) => lines.push(line) };
	const app = new App({ logger });
	app.websocket("/{kind}", async ({ kind }, socket) => {
		await socket.accept();
		if (kind === "own") {
			throw new WebSocketException(4400, "mine");
		}
		if (kind === "http") {
			throw new HTTPException(404);
		}
		if (kind === "bug") {
			throw new TypeError("a bug");
		}
	});
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	const end = async (path: string) => {
		await using socket = await client.websocket(path);
		return await socket.closed;
	};
	assert.deepEqual(await end("/own"), { code: 4400, reason: "mine" });
	assert.deepEqual(await end("/http"), { code: 1011, reason: "" });
	assert.deepEqual(await end("/bug"), { code: 1011, reason: "" });
	assert.deepEqual(await end("/none"), { code: 1000, reason: "" });
	assert.deepEqual(lines, ["WS /http: HTTPException", "WS /bug: TypeError"]);
});

test("a client that leaves ends a loop, and is an error that nobody logs where a message was waited for", async () => {
	const seen: unknown[] = [];
	const lines: string[] = [];
	const logger = { ...quiet, error: (line: string) => lines.push(line) };
	const told = dependency(async function* () {
		try {
			yield 1;
			seen.push("well");
		} catch (error) {
			seen.push(error);
			throw error;
		}
	});
	const app = new App({ logger });
	app.websocket("/loop", { told }, async (_values, socket) => {
		for await (const message of socket) {
			seen.push(message);
		}
	});
	app.websocket("/wait", { told }, async (_values, socket) => {
		await socket.receiveText();
	});
	await using client = await TestClient.start(app);
	const loop = await client.websocket("/loop");
	await loop.sendText("one");
	await loop.close();
	assert.deepEqual(seen.splice(0), ["one", "well"]);
	const wait = await client.websocket("/wait");
	await wait.close(4001, "bye");
	const [error] = seen;
	assert.ok(error instanceof WebSocketDisconnect);
	assert.deepEqual([error.code, error.reason], [4001, "bye"]);
	assert.deepEqual(lines, []);
});

test("a client that vanishes is 1006, and aborts the signal", async () => {
	const ends: unknown[] = [];
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		const { promise, resolve } = Promise.withResolvers<void>();
		socket.signal.addEventListener("abort", () => resolve());
		try {
			await promise;
		} finally {
			ends.push(socket.signal.reason.code, socket.request.signal.aborted);
		}
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	await socket.vanish();
	assert.deepEqual(ends, [1006, true]);
});

// FastAPI, tests/test_ws_router.py, test_depend_err_handler
test("an exception handler gets the socket: it closes it, or answers as long as it is not accepted", async () => {
	class CustomError extends Error {}
	const app = new App({ logger: quiet });
	app.exceptionHandler(CustomError, async (_request, _error, socket) => {
		await socket?.close(1002, "foo");
		return undefined;
	});
	app.exceptionHandler(
		RangeError,
		(_request, error) =>
			new JSONResponse({ told: error.message }, { status: 418 }),
	);
	app.exceptionHandler(
		WebSocketRequestValidationError,
		(_request, error) =>
			new JSONResponse({ detail: error.errors }, { status: 422 }),
	);
	app.websocket("/early", () => {
		throw new CustomError();
	});
	app.websocket("/late", async (_values, socket) => {
		await socket.accept();
		throw new CustomError();
	});
	app.websocket("/range/{when}", async ({ when }, socket) => {
		if (when === "late") {
			await socket.accept();
		}
		throw new RangeError("too far");
	});
	app.websocket("/items", { q: z.int() }, () => {});
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	assert.equal((await refused(client.websocket("/early"))).status, 403);
	await using late = await client.websocket("/late");
	assert.deepEqual(await late.closed, { code: 1002, reason: "foo" });
	const early = await refused(client.websocket("/range/early"));
	assert.equal(early.status, 418);
	assert.deepEqual(await early.response.json(), { told: "too far" });
	await using range = await client.websocket("/range/late");
	assert.equal((await range.closed).code, 1011);
	const { response } = await refused(client.websocket("/items?q=x"));
	assert.equal(response.status, 422);
	const { detail } = (await response.json()) as {
		detail: { loc: unknown }[];
	};
	assert.deepEqual(detail[0]?.loc, ["query", "q"]);
});

// FastAPI, tests/test_validation_error_context.py
test("the error of a handshake names its endpoint, also below a mount", async () => {
	const seen: unknown[] = [];
	const inner = new App({ logger: quiet });
	inner.websocket("/ws/{item_id}", { item_id: z.int() }, function sub() {});
	inner.exceptionHandler(WebSocketRequestValidationError, (_request, error) => {
		seen.push(error.endpoint?.path, error.endpoint?.function, error.message);
		return undefined;
	});
	const app = new App();
	app.mount("/sub", inner);
	await using client = await TestClient.start(app);
	assert.equal((await refused(client.websocket("/sub/ws/no"))).status, 403);
	assert.deepEqual(seen.slice(0, 2), ["WS /sub/ws/{item_id}", "sub"]);
	assert.match(String(seen[2]), /in WS \/sub\/ws\/\{item_id\}, sub/);
});

test("sockets of mounted apps are found, with their state, their names and the parameters around", async () => {
	const inner = new App({
		lifespan: async function* () {
			yield { word: "inner" };
		},
	});
	inner.websocket(
		"/rooms/{room}",
		{ tenant: Path(z.string()), request: Request },
		async function enter({ tenant, room, request }, socket) {
			await socket.sendJson([
				tenant,
				room,
				(request.state as { word: string }).word,
				request.route,
			]);
		},
	);
	const app = new App();
	app.mount("/tenants/{tenant}", inner, { name: "inner" });
	app.mount("/fetch", { fetch: () => new globalThis.Response() });
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/tenants/acme/rooms/a%20b");
	assert.deepEqual(await socket.receiveJson(), [
		"acme",
		"a b",
		"inner",
		{
			path: "/tenants/{tenant}/rooms/{room}",
			name: "enter",
			methods: [],
			tags: [],
			kind: "socket",
		},
	]);
	assert.equal((await refused(client.websocket("/fetch/x"))).status, 403);
	assert.equal(
		app.urlPathFor("inner:enter", { tenant: "acme", room: "a b" }),
		"/tenants/acme/rooms/a%20b",
	);
});

test("the URL of a socket begins with ws", async () => {
	const app = new App();
	app.websocket("/chat/{room}", function chat() {});
	app.get("/", (_values, request) => request.urlFor("chat", { room: "a" }));
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/")).json(), "ws://testserver/chat/a");
});

// FastAPI, tests/test_http_connection_injection.py
test("one dependency serves path operations and sockets, and reads the same request", async () => {
	const seen = dependency({ request: Request }, ({ request }) => [
		request.path,
		request.cookies.a,
		request.header("x-b"),
		request.query.get("q"),
	]);
	const app = new App();
	app.get("/x", { seen }, ({ seen }) => seen);
	app.websocket("/x", { seen }, ({ seen }, socket) => socket.sendJson(seen));
	await using client = await TestClient.start(app);
	const options = { cookies: { a: "1" }, headers: { "x-b": "2" } };
	const wanted = ["/x", "1", "2", "3"];
	const response = await client.get("/x?q=3", options);
	assert.deepEqual(await response.json(), wanted);
	await using socket = await client.websocket("/x?q=3", options);
	assert.deepEqual(await socket.receiveJson(), wanted);
});

test("accept() sends a subprotocol and headers, also those that dependencies set on their response", async () => {
	const visit = dependency(
		{ response: Response, request: Request },
		({ response, request }) => {
			response.setCookie("seen", "1");
			request.beforeSend((leaving) => leaving.headers.set("x-late", "2"));
		},
	);
	const app = new App();
	app.websocket("/own", { visit }, async (_values, socket) => {
		await socket.accept({
			subprotocol: "own.v1",
			headers: { "x-own": "3" },
		});
	});
	app.websocket(
		{ path: "/agreed", subprotocols: ["v2", "v1"] },
		(_values, socket) => socket.sendText(`${socket.subprotocol}`),
	);
	await using client = await TestClient.start(app);
	await using own = await client.websocket("/own");
	assert.equal(own.subprotocol, "own.v1");
	assert.equal(own.headers.get("x-own"), "3");
	assert.equal(own.headers.get("x-late"), "2");
	assert.equal(client.cookies.get("seen"), "1");
	await using agreed = await client.websocket("/agreed", {
		subprotocols: ["v0", "v1", "v2"],
	});
	assert.equal(agreed.subprotocol, "v2");
	await using none = await client.websocket("/agreed", {
		subprotocols: ["v0"],
	});
	assert.equal(none.subprotocol, undefined);
	assert.equal(await none.receiveText(), "undefined");
});

test("a record may ask for the socket, and a dependency may accept it", async () => {
	const accepted = dependency({ socket: WebSocket }, async ({ socket }) => {
		await socket.accept({ subprotocol: "by-dependency" });
	});
	const app = new App();
	app.websocket(
		"/",
		{ accepted, socket: WebSocket },
		async ({ socket }, same) => {
			await socket.sendJson([socket === same, socket.isAccepted]);
			await assert.rejects(socket.accept(), /accept\(\) was called twice/);
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal(socket.subprotocol, "by-dependency");
	assert.deepEqual(await socket.receiveJson(), [true, true]);
});

test("what a declaration gets wrong is told where it is written", () => {
	const app = new App();
	const wants = dependency({ socket: WebSocket }, () => 1);
	const Item = z.object({ name: z.string() });
	const cases: readonly (readonly [() => void, RegExp])[] = [
		[
			() => app.get("/", { wants }, () => 1),
			/VIV_PARAMETER: GET \/: "socket" of dependency "wants" asks for a WebSocket/,
		],
		[
			() => app.websocket("/", { item: Item }, () => {}),
			/VIV_PARAMETER: WS \/: "item" is read from a body, and a socket's handshake has none/,
		],
		[
			() => app.websocket("/", ((socket: unknown) => socket) as never),
			/VIV_ROUTE: WS \/: the handler is written as \(socket\) => …; write \(_values, socket\)/,
		],
		[
			() => app.websocket({ path: "/", receives: 1 as never }, () => {}),
			/VIV_SCHEMA: WS \/: receives is no schema/,
		],
		[
			() => app.websocket({ path: "/", limits: { messageBytes: 0 } }, () => {}),
			/VIV_OPTION: WS \/: limits: messageBytes must be a whole number of bytes from 1/,
		],
		[
			() => app.websocket({ path: "/", subprotocols: ["a b"] }, () => {}),
			/VIV_OPTION: WS \/: subprotocols must be a list of tokens/,
		],
		[
			() =>
				app.websocket(
					{ path: "/", allowedOrigins: ["https://a.example/"] },
					() => {},
				),
			/VIV_OPTION: WS \/: allowedOrigins has "https:\/\/a.example\/"/,
		],
		[
			() => app.websocket({ path: "/", status: 201 } as never, () => {}),
			/VIV_OPTION: WS \/: .*status/,
		],
		[() => app.websocket("ws", () => {}), /VIV_PATH/],
		[() => (app.websocket as (path: string) => void)("/"), /VIV_ROUTE/],
	];
	for (const [declare, wanted] of cases) {
		assert.throws(declare, wanted);
	}
});

test("what is wrong only when the app is built begins at the socket's line", async () => {
	const app = new App();
	app.websocket("/{a}", { a: z.string() }, () => {});
	const outer = new App();
	outer.mount("/x/{a}", app);
	await assert.rejects(TestClient.start(outer), /VIV_PATH: WS \/\{a\}/);
});

test("requireSecurity asks sockets too", async () => {
	const key = apiKeyHeader({ name: "x-key" });
	const app = new App({ requireSecurity: true });
	app.websocket("/", { key }, ({ key }, socket) => socket.sendText(key));
	app.websocket({ path: "/open", public: true }, (_values, socket) =>
		socket.sendText("open"),
	);
	await using client = await TestClient.start(app);
	assert.equal((await refused(client.websocket("/"))).status, 401);
	await using socket = await client.websocket("/", {
		headers: { "x-key": "k" },
	});
	assert.equal(await socket.receiveText(), "k");
	const unsafe = new App({ requireSecurity: true });
	unsafe.websocket("/", () => {});
	await assert.rejects(
		TestClient.start(unsafe),
		/VIV_SECURITY: WS \/ needs no security scheme/,
	);
});

// FastAPI, docs_src/websockets_/tutorial002
test("a cookie or a token of the query lets in", async () => {
	const cookieOrToken = dependency(
		{
			session: Cookie(z.string().nullish()),
			token: Query(z.string().nullish()),
		},
		({ session, token }) => {
			if (session == null && token == null) {
				throw new WebSocketException(1008);
			}
			return session ?? token;
		},
	);
	const app = new App();
	app.websocket("/", { cookieOrToken }, ({ cookieOrToken }, socket) =>
		socket.sendText(`${cookieOrToken}`),
	);
	await using client = await TestClient.start(app);
	assert.equal((await refused(client.websocket("/"))).status, 403);
	await using byToken = await client.websocket("/?token=t");
	assert.equal(await byToken.receiveText(), "t");
	await using byCookie = await client.websocket("/", {
		cookies: { session: "s" },
	});
	assert.equal(await byCookie.receiveText(), "s");
});

test("middleware that guards sockets sees handshakes, of mounts too; other middleware sees none", async () => {
	const seen: string[] = [];
	const inner = new App();
	inner.use(
		Object.assign(
			(request: Request, next: (request: Request) => Promise<Response>) => {
				seen.push(`inner ${request.path}`);
				return request.header("x-key") === "k"
					? next(request)
					: new JSONResponse({ detail: "no key" }, { status: 401 });
			},
			{ forSockets: true },
		),
	);
	inner.websocket("/", (_values, socket) => socket.sendText("inner"));
	const app = new App();
	app.use(trustedHosts({ allowedHosts: ["testserver"] }), csrf());
	app.use((request, next) => {
		seen.push(`plain ${request.path}`);
		return next(request);
	});
	app.websocket("/", (_values, socket) => socket.sendText("outer"));
	app.mount("/inner", inner);
	await using client = await TestClient.start(app);
	const status = async (path: string, headers: Record<string, string>) =>
		(await refused(client.websocket(path, { headers }))).status;
	await using socket = await client.websocket("/");
	assert.equal(await socket.receiveText(), "outer");
	assert.equal(await status("/", { host: "evil.example" }), 400);
	assert.equal(await status("/", { origin: "http://evil.example" }), 403);
	assert.deepEqual(seen, []);
	assert.equal(await status("/inner/", {}), 401);
	await using keyed = await client.websocket("/inner/", {
		headers: { "x-key": "k" },
	});
	assert.equal(await keyed.receiveText(), "inner");
	assert.deepEqual(seen, ["inner /", "inner /"]);
});

// FastAPI, tests/test_dependency_after_yield_websockets.py
test("a generator dependency is open while messages are sent, and its error comes out", async () => {
	class Session {
		isOpen = true;
		*items(): Generator<string> {
			for (const item of ["foo", "bar", "baz"]) {
				if (!this.isOpen) {
					throw new RangeError("Session closed");
				}
				yield item;
			}
		}
	}
	const opened = dependency(function* () {
		const session = new Session();
		try {
			yield session;
		} finally {
			session.isOpen = false;
		}
	});
	const broken = dependency({ opened }, function* ({ opened }) {
		opened.isOpen = false;
		yield opened;
	});
	const app = new App({ logger: quiet });
	app.websocket("/ws", { opened }, async ({ opened }, socket) => {
		for (const item of opened.items()) {
			await socket.sendText(item);
		}
	});
	app.websocket("/ws-broken", { broken }, async ({ broken }, socket) => {
		await socket.accept();
		for (const item of broken.items()) {
			await socket.sendText(item);
		}
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/ws");
	const items: unknown[] = [];
	for await (const item of socket) {
		items.push(item);
	}
	assert.deepEqual(items, ["foo", "bar", "baz"]);
	const failing = await client.websocket("/ws-broken");
	await assert.rejects(failing.close(), /Session closed/);
});

test("a failed commit of function scope closes with 1011, not with 1000", async () => {
	const session = dependency(
		async function* () {
			yield 1;
			throw new RangeError("commit failed");
		},
		{ scope: "function" },
	);
	const app = new App({ logger: quiet });
	app.websocket("/", { session }, (_values, socket) => socket.accept());
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	assert.equal((await socket.closed).code, 1011);
	await assert.rejects(socket.close(), /commit failed/);
});

// FastAPI, tests/test_frontend.py, test_websocket_route_wins_over_frontend
test("background tasks run after the socket, and a front end takes no handshake", async () => {
	const log: string[] = [];
	const app = new App();
	app.websocket(
		"/ws",
		{ tasks: BackgroundTasks },
		async ({ tasks }, socket) => {
			tasks.add(() => {
				log.push("task");
			});
			await socket.sendText("websocket");
		},
	);
	app.frontend("/", { directory: import.meta.dirname });
	await using client = await TestClient.start(app);
	{
		await using socket = await client.websocket("/ws");
		assert.equal(await socket.receiveText(), "websocket");
		assert.equal((await socket.closed).code, 1000);
	}
	assert.deepEqual(log, ["task"]);
	assert.equal((await refused(client.websocket("/other"))).status, 403);
});
