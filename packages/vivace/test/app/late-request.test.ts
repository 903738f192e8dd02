import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Cookie,
	dependency,
	FileResponse,
	Header,
	HTTPException,
	PlainTextResponse,
	Request,
	Response,
	type Router,
	StreamingResponse,
	serve,
} from "../../src/index.ts";

const quiet = { error() {}, warn() {}, info() {} };

class Refused extends Error {}

const Order = z.object({ name: z.string(), count: z.int() });

/** Routes of all kinds; `seen` is told what ends. */
function declareRoutes(app: Router, seen: string[]): void {
	app.get("/null", () => null);
	app.get("/undefined", () => undefined);
	app.get("/text", () => "text");
	app.get("/date", () => ({ at: new Date(0) }));
	app.get("/async", async () => [1]);
	app.get({ path: "/created", status: 201 }, () => ({ id: 1 }));
	app.get({ path: "/empty", status: 204 }, () => undefined);
	app.get("/own", () => new Response("own", { headers: { "x-a": "1" } }));
	app.get("/web", () => new globalThis.Response("web", { status: 202 }));
	app.get("/plain", () => new PlainTextResponse("plain"));
	app.get("/missing", () => new FileResponse("/nowhere/at/all"));
	app.get(
		"/items/{id}",
		{ id: z.int(), q: z.string().optional() },
		(values) => values,
	);
	app.get("/files/{path:path}", ({ path }) => path);
	app.get(
		"/head",
		{ "x-a": Header(z.string().optional()) },
		(values) => values,
	);
	app.get(
		"/cookie",
		{ c: Cookie(z.string().optional()) },
		({ c }) => c ?? "none",
	);
	app.post("/orders", { order: Order }, ({ order }) => order);
	app.post(
		{ path: "/names", response: Order.pick({ name: true }) },
		{ order: Order },
		({ order }) => order,
	);
	app.post("/again", { order: Order }, async ({ order }, request) => [
		order,
		await request.json(),
		request.bodyUsed,
	]);
	app.get("/teapot", () => {
		throw new HTTPException(418, "short", { headers: { "x-pot": "1" } });
	});
	app.get("/teapot-later", async () => {
		throw new HTTPException(418);
	});
	app.get("/refused", () => {
		throw new Refused("no");
	});
	app.get("/broken", () => {
		throw new TypeError("broken");
	});
	app.get("/thrown", () => {
		throw "a text";
	});
	app.get("/rejected", () => Promise.reject(undefined));
	app.get("/bigint", () => ({ id: 2n }));
	app.get("/circle", () => {
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		return circle;
	});
	app.get("/lines", async function* () {
		yield 1;
		yield { a: 2 };
	});
	app.get("/stream", () => new StreamingResponse(["a", "b"]));
	app.get("/request", (_, request) => [
		request.path,
		request.search,
		request.pathParams,
	]);
	app.get(
		"/request/{id}",
		{ request: Request, id: z.int() },
		({ request, id }) => [
			id,
			request.pathParams,
			request.route?.path,
			request.url.slice(-12),
		],
	);
	app.get("/arguments", function () {
		// biome-ignore lint/complexity/noArguments: a handler may be written so
		return [arguments.length, arguments[1] instanceof Request];
	});
	app.get("/rest", (...given) => [given.length, given[1].method]);
	app.get("/response", { response: Response }, ({ response }) => {
		response.headers.set("x-a", "1");
		response.setCookie("c", "v");
		response.status = 203;
		return { a: 1 };
	});
	app.get("/before", (_, request) => {
		request.beforeSend((response) => response.headers.set("x-before", "1"));
		return 1;
	});
	app.get("/settled", (_, request) => {
		request.whenSettled(() => void seen.push("settled"));
		return 1;
	});
	app.get("/tasks", { tasks: BackgroundTasks }, ({ tasks }) => {
		tasks.add(() => void seen.push("task"));
		return 1;
	});
	const held = dependency(async function* held() {
		try {
			yield 1;
			seen.push("left");
		} catch (error) {
			seen.push(`left with ${(error as Error).message}`);
			throw error;
		}
	});
	app.get("/held", { held }, ({ held }) => held);
	app.get("/held/broken", { held }, () => {
		throw new HTTPException(409, "held");
	});
	const user = dependency(
		{ authorization: Header(z.string().optional()) },
		async ({ authorization }) => {
			if (authorization === undefined) {
				throw new HTTPException(401);
			}
			return authorization;
		},
	);
	const path = dependency((_, request) => request.path);
	app.get("/me", { user, path }, (values) => values);
}

interface Asked {
	readonly path: string;
	readonly init?: RequestInit;
}

const asked: readonly Asked[] = [
	...[
		..."null undefined text date async created empty own web plain missing head cookie teapot teapot-later refused broken thrown rejected".split(
			" ",
		),
		..."bigint circle lines stream request request/7?a=1 request/x arguments rest response before settled tasks held held/broken me".split(
			" ",
		),
		..."items/7 items/7?q=a+b items/x items/%37 items/ items nothing text/ files/a/b%20c".split(
			" ",
		),
	].map((path) => ({ path: `/${path}` })),
	{ path: "/text", init: { method: "HEAD" } },
	{ path: "/text", init: { method: "DELETE" } },
	{ path: "/orders" },
	{ path: "/head", init: { headers: { "x-a": "a, b" } } },
	{ path: "/cookie", init: { headers: { cookie: "c=1; d=2" } } },
	{ path: "/me", init: { headers: { authorization: "Bearer a" } } },
	...["/orders", "/names", "/again"].flatMap((path) =>
		['{"name":"a","count":1}', '{"name":1}', "{", "", "null"].map((body) => ({
			path,
			init: {
				method: "POST",
				headers: { "content-type": "application/json" },
				body,
			},
		})),
	),
];

/** Asks a server everything; the answers as texts, and what has ended. */
async function answers(around: "nothing" | "middleware"): Promise<string[]> {
	const seen: string[] = [];
	const inner = new App({ logger: quiet });
	declareRoutes(inner, seen);
	inner.exceptionHandler(Refused, (request, error) => {
		seen.push(`${request.path} ${error.message}`);
		return new Response("refused", { status: 403 });
	});
	if (around === "middleware") {
		inner.use((request, next) => next(request));
	}
	await using server = await serve(inner, {
		port: 0,
		signals: false,
		log: quiet,
	});
	const told: string[] = [];
	for (const { path, init } of asked) {
		const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
			...init,
			redirect: "manual",
		});
		const headers = Array.from(response.headers).filter(
			([name]) => !["date", "keep-alive", "connection"].includes(name),
		);
		const text = (await response.text()).replaceAll(
			String(server.port),
			"port",
		);
		told.push(
			`${init?.method ?? "GET"} ${path} ${response.status} ${JSON.stringify(headers).replaceAll(String(server.port), "port")} ${text}`,
		);
	}
	await server.close();
	return [...told, ...seen];
}

suite("the answer is the same whether the request was made before its route was found or is made when it is asked for", () => {
	test("by a server", async () => {
		const late = await answers("nothing");
		assert.deepEqual(late, await answers("middleware"));
		for (const part of [
			"GET /null 200",
			'{"id":7,"q":"a b"}',
			"GET /items/x 422",
			"GET /items 404",
			"GET /nothing 404",
			"DELETE /text 405",
			"GET /broken 500",
			"GET /teapot 418",
			'["/request","",{}]',
			'[7,{"id":"7"},"/request/{id}","equest/7?a=1"]',
			"[2,true]",
			'[{"name":"a","count":1},{"name":"a","count":1},true]',
			"left with held",
			"/refused no",
		]) {
			assert.ok(
				late.some((line) => line.includes(part)),
				`${part}\n${late.join("\n")}`,
			);
		}
	});
});

test("a request is one object for all who ask for it", async () => {
	const requests = new Set<unknown>();
	const note = (_: unknown, request: Request) => requests.add(request).size;
	const first = dependency(note);
	const second = dependency({ request: Request, first }, ({ request }) => {
		requests.add(request);
		throw new Refused();
	});
	const app = new App({ logger: quiet });
	app.get("/", { first, second }, () => "never");
	app.exceptionHandler(Refused, (request) => {
		requests.add(request);
		request.beforeSend(() => void requests.add(request));
		return new PlainTextResponse(String(requests.size));
	});
	const response = await app.fetch(new globalThis.Request("http://a/"));
	assert.equal(await response.text(), "1");
	assert.equal(requests.size, 1);
});

test("functions that don't ask for the request get none, and nobody makes it", async () => {
	const counts: number[] = [];
	const given = (...values: readonly unknown[]) => counts.push(values.length);
	const app = new App();
	app.get("/asks", given);
	app.get("/not", () => 1);
	for (const path of ["/asks", "/not"]) {
		await (await app.fetch(new globalThis.Request(`http://a${path}`))).text();
	}
	assert.deepEqual(counts, [2]);
});

test("the prefix that a proxy has left on is taken off before the route is found", async () => {
	const app = new App({ rootPath: "/api" });
	app.get("/items/{id}", ({ id }) => id);
	app.get("/told/{id}", ({ id }, request) => [
		id,
		request.rawPath,
		request.routePath,
	]);
	for (const [path, text] of [
		["/items/7?a=1", '"7"'],
		["/api/items/7?a=1", '"7"'],
		["/api/told/7?a=1", '["7","/api/told/7","/told/7"]'],
	]) {
		const response = await app.fetch(new globalThis.Request(`http://a${path}`));
		assert.equal(await response.text(), text);
	}
});
