import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
	App,
	dependency,
	Header,
	HTTPException,
	JSONResponse,
	Router,
	type WebSocket,
} from "../../src/index.ts";
import { TestClient, WebSocketRefusedError } from "../../src/testing.ts";

const quiet = { info() {}, warn() {}, error() {} };

/** The first message of a socket, as JSON; its handler and scopes have ended then. */
async function first(client: TestClient, path: string): Promise<unknown> {
	await using socket = await client.websocket(path);
	return await socket.receiveJson();
}

// FastAPI, tests/test_ws_dependencies.py: test_index, test_routerindex, test_routerprefixindex
test("dependencies of app, include, router and route, at a path of the app, of a router and below a prefix", async () => {
	const names = dependency((): string[] => []);
	const named = (name: string) =>
		dependency({ names }, ({ names }) => {
			names.push(name);
		});
	const tell = ({ names }: { names: string[] }, socket: WebSocket) =>
		socket.sendJson(names);
	const app = new App({ dependencies: [named("app")] });
	app.websocket({ path: "/", dependencies: [named("index")] }, { names }, tell);
	const router = new Router({ dependencies: [named("router")] });
	router.websocket(
		{ path: "/router", dependencies: [named("routerindex")] },
		{ names },
		tell,
	);
	const below = new Router({ dependencies: [named("prefix_router")] });
	below.websocket(
		{ path: "/", dependencies: [named("routerprefixindex")] },
		{ names },
		tell,
	);
	app.include(router, { dependencies: [named("router2")] });
	app.include(below, {
		prefix: "/prefix",
		dependencies: [named("prefix_router2")],
	});
	await using client = await TestClient.start(app);
	assert.deepEqual(await first(client, "/"), ["app", "index"]);
	assert.deepEqual(await first(client, "/router"), [
		...["app", "router2", "router", "routerindex"],
	]);
	assert.deepEqual(await first(client, "/prefix/"), [
		...["app", "prefix_router2", "prefix_router", "routerprefixindex"],
	]);
});

// FastAPI, tests/test_ws_router.py: test_depend_validation, test_depend_err_handler. Where FastAPI's tests close by a middleware around
// all (test_depend_err_middleware), an exception handler does so here: middleware sees the handshake alone.
test("the error of a dependency goes to its exception handler before the socket is accepted; one of validation is no error of ours", async () => {
	const logged: unknown[] = [];
	const logger = { ...quiet, error: (...said: unknown[]) => logged.push(said) };
	class NotImplemented extends Error {}
	const failing = dependency(() => {
		throw new NotImplemented("not yet");
	});
	const validating = dependency({ x_missing: Header(z.string()) }, () => 1);
	const seen: unknown[] = [];
	const app = new App({ logger });
	app.exceptionHandler(NotImplemented, async (_request, error, socket) => {
		seen.push([error.message, socket?.isAccepted]);
		await socket?.close(1002, "foo");
		return undefined;
	});
	app.websocket("/depends-err/", { failing }, () => {
		seen.push("the handler ran");
	});
	app.websocket("/depends-validate/", { validating }, () => {
		seen.push("the handler ran");
	});
	await using client = await TestClient.start(app);
	for (const path of ["/depends-err/", "/depends-validate/", "/no-router/"]) {
		await assert.rejects(client.websocket(path), (error) => {
			assert.ok(error instanceof WebSocketRefusedError);
			assert.equal(error.status, 403);
			return true;
		});
	}
	assert.deepEqual(seen, [["not yet", false]]);
	assert.deepEqual(logged, []);
});

// FastAPI, tests/test_dependency_yield_scope_websockets.py
test("generator dependencies of either scope are open in the handler and closed behind it, also those that need each other", async () => {
	const log: string[] = [];
	const session = <Scope extends "function" | "request">(scope: Scope) =>
		dependency(
			async function* () {
				const session = { open: true };
				yield session;
				session.open = false;
				log.push(`${scope} session closed`);
			},
			{ scope },
		);
	const ofFunction = session("function");
	const ofRequest = session("request");
	type Session = { open: boolean };
	const named = async function* ({ needed }: { needed: Session }) {
		const named = { open: true, needed };
		yield named;
		named.open = false;
		log.push(`named closed, session ${needed.open ? "open" : "closed"}`);
	};
	const namedOfRequest = dependency({ needed: ofRequest }, named);
	const namedOfFunction = dependency({ needed: ofFunction }, named, {
		scope: "function",
	});
	const plain = dependency({ ofFunction }, ({ ofFunction }) => ({
		open: true,
		needed: ofFunction,
	}));
	const app = new App();
	app.websocket(
		"/two-scopes",
		{ ofFunction, ofRequest },
		({ ofFunction, ofRequest }, socket) =>
			socket.sendJson([ofFunction.open, ofRequest.open]),
	);
	for (const [path, named] of [
		["/sub", namedOfRequest],
		["/named-function-scope", namedOfFunction],
		["/regular-function-scope", plain],
	] as const) {
		app.websocket(path, { named }, ({ named }, socket) =>
			socket.sendJson([named.open, named.needed.open]),
		);
	}
	await using client = await TestClient.start(app);
	const expected: Readonly<Record<string, readonly string[]>> = {
		"/two-scopes": ["function session closed", "request session closed"],
		"/sub": ["named closed, session open", "request session closed"],
		"/named-function-scope": [
			"named closed, session open",
			"function session closed",
		],
		"/regular-function-scope": ["function session closed"],
	};
	for (const [path, order] of Object.entries(expected)) {
		assert.deepEqual(await first(client, path), [true, true], path);
		assert.deepEqual(log.splice(0), order, path);
	}
});

// the same, test_broken_scope
test("a generator of request scope that needs one of function scope is refused where it is written", () => {
	const inner = dependency(
		async function* () {
			yield 1;
		},
		{ scope: "function" },
	);
	const app = new App();
	assert.throws(() => {
		// @ts-expect-error: the compiler refuses it, too
		const outer = dependency({ inner }, async function* outer({ inner }) {
			yield inner;
		});
		app.websocket("/broken-scope", { outer }, () => {});
	}, /VIV_SCOPE: "outer" \(request scope\) needs "inner" \(function scope\)/);
});

// FastAPI, tests/test_http_connection_injection.py, tests/test_route_scope.py
test("one dependency reads a request's app and its route, of path operations and of sockets", async () => {
	const value = dependency({}, (_values, request) => ({
		state: request.state.value,
		path: request.route?.path,
		kind: request.route?.kind,
	}));
	const app = new App({
		lifespan: async function* () {
			yield { value: 42 };
		},
	});
	app.get("/users/{user_id}", { value }, ({ value }) => value);
	app.websocket("/items/{item_id}", { value }, ({ value, item_id }, socket) =>
		socket.sendJson({ item_id, ...value }),
	);
	await using client = await TestClient.start(app);
	assert.deepEqual(await (await client.get("/users/rick")).json(), {
		state: 42,
		path: "/users/{user_id}",
		kind: "operation",
	});
	assert.deepEqual(await first(client, "/items/portal-gun"), {
		item_id: "portal-gun",
		state: 42,
		path: "/items/{item_id}",
		kind: "socket",
	});
	await assert.rejects(client.websocket("/itemsx/portal-gun"), { status: 403 });
	// test_router_include_context.py: a path operation takes no handshake
	await assert.rejects(client.websocket("/users/rick"), { status: 403 });
});

// Starlette, ExceptionMiddleware and ServerErrorMiddleware: the latter lets errors of sockets pass
test("an error that no handler of a mounted app takes goes to those of the app around it, before and behind the handshake", async () => {
	class Full extends Error {}
	class Lost extends Error {}
	const logged: unknown[] = [];
	const logger = { ...quiet, error: (...said: unknown[]) => logged.push(said) };
	const inner = new App({ logger });
	inner.exceptionHandler(Full, (_request, error) => {
		return new JSONResponse({ inner: error.message }, { status: 409 });
	});
	inner.websocket("/{what}", async ({ what }, socket) => {
		if (what === "later") {
			await socket.accept();
		}
		throw what === "full" ? new Full("full") : new Lost(what);
	});
	const app = new App({ logger });
	app.exceptionHandler(Lost, async (_request, error, socket) => {
		if (socket?.isAccepted) {
			await socket.close(4004, error.message);
			return undefined;
		}
		return new JSONResponse({ outer: error.message }, { status: 410 });
	});
	const unseen = new App({ logger });
	unseen.websocket("/", () => {
		throw new RangeError("nobody's");
	});
	app.mount("/inner", inner);
	app.mount("/unseen", unseen);
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	const refusal = (path: string) =>
		client.websocket(path).then(
			() => undefined,
			async ({ status, response }: WebSocketRefusedError) => [
				status,
				await response.text(),
			],
		);
	assert.deepEqual(await refusal("/inner/full"), [409, '{"inner":"full"}']);
	assert.deepEqual(await refusal("/inner/lost"), [410, '{"outer":"lost"}']);
	await using socket = await client.websocket("/inner/later");
	assert.deepEqual(await socket.closed, { code: 4004, reason: "later" });
	assert.deepEqual(logged, []);
	assert.deepEqual(await refusal("/unseen/"), [500, "Internal Server Error"]);
	assert.equal(logged.length, 1);
});

// Starlette, WebSocket.close(): the handshake is answered with 403 there and then
test("a handler that closes before it accepts has refused, whatever it does then", async () => {
	const logged: string[] = [];
	const error = (_line: string, cause: Error) => logged.push(cause.message);
	const app = new App({ logger: { ...quiet, error } });
	app.websocket("/{then}", async ({ then }, socket) => {
		await socket.close(4321, "no");
		if (then === "accept") {
			await socket.accept();
		}
		if (then === "throw") {
			throw new HTTPException(401);
		}
		if (then === "send") {
			await socket.send("too late");
		}
	});
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	for (const then of ["return", "accept", "throw", "send"]) {
		await assert.rejects(client.websocket(`/${then}`), { status: 403 }, then);
	}
	assert.equal(logged.length, 1, logged.join("\n"));
	assert.match(String(logged[0]), /accept\(\) was called twice, or after/);
});
