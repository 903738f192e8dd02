import assert from "node:assert/strict";
import { get as httpGet } from "node:http";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	dependency,
	HTTPException,
	JSONResponse,
	Path,
	RedirectResponse,
	Router,
	serve,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };
const log = { info() {}, warn() {}, error() {} };

const tenant = dependency(
	{ tenant: Path(z.string().max(5)) },
	({ tenant }) => `tenant ${tenant}`,
);

function shop(): App {
	const app = new App({ title: "Shop", logger: quiet });
	app.get("/items/{id}", { id: z.int(), tenant }, function read_item(values) {
		return values;
	});
	app.get("/own", { tenant: Path(z.string()) }, ({ tenant }) => tenant);
	app.get("/request", (_values, request) => ({
		params: request.pathParams,
		path: request.path,
		rootPath: request.rootPath,
		route: request.route?.path,
		url: request.url,
		own: request.urlFor("read_item", { id: 1 }),
	}));
	return app;
}

const read = async (response: Promise<Response>): Promise<unknown> => {
	const { status, ok } = await response;
	return ok ? await (await response).json() : status;
};

describe("a mount with parameters in its path", () => {
	test("hands them to what is mounted: to Path(), dependencies and pathParams", async () => {
		const app = new App({ logger: quiet });
		app.mount("/tenants/{tenant}", shop(), { name: "shop" });
		app.get("/jump", (_values, request) => {
			const values = { tenant: "a b", id: 7 };
			return new RedirectResponse(request.urlFor("shop:read_item", values));
		});
		await using client = await TestClient.start(app);
		const item = { id: 7, tenant: "tenant acme" };
		assert.deepEqual(await read(client.get("/tenants/acme/items/7")), item);
		assert.equal(await read(client.get("/tenants/ac%6De/own")), "acme");
		const wrong = await client.get("/tenants/too-long/items/x");
		const { detail } = (await wrong.json()) as { detail: { loc: unknown }[] };
		assert.deepEqual(
			detail.map(({ loc }) => loc),
			[
				["path", "tenant"],
				["path", "id"],
			],
		);
		assert.deepEqual(await read(client.get("/tenants/a%20b/request?q=1")), {
			params: { tenant: "a b" },
			path: "/request",
			rootPath: "/tenants/a%20b",
			route: "/tenants/{tenant}/request",
			url: "http://testserver/tenants/a%20b/request?q=1",
			own: "http://testserver/tenants/a%20b/items/1",
		});
		const jumped = await client.get("/jump");
		assert.equal(jumped.url, "http://testserver/tenants/a%20b/items/7");
		assert.equal(await read(client.get("/tenants/acme")), 404); // the shop's
		assert.equal(await read(client.get("/tenants/acme/no")), 404);
		assert.equal(await read(client.post("/tenants/acme/own")), 405);
		const slashed = await client.get("/tenants/acme/own/");
		assert.equal(slashed.url, "http://testserver/tenants/acme/own");
	});

	test("documents what is mounted where it was found, without the mount's parameters", async () => {
		const app = new App({ logger: quiet });
		app.mount("/tenants/{tenant}", shop());
		await using client = await TestClient.start(app);
		const document = (await read(client.get("/tenants/acme/openapi.json"))) as {
			servers: unknown;
			paths: Record<string, { get: { parameters?: { name: string }[] } }>;
		};
		assert.deepEqual(document.servers, [{ url: "/tenants/acme" }]);
		assert.deepEqual(
			document.paths["/items/{id}"]?.get.parameters?.map(({ name }) => name),
			["id"],
		);
		assert.equal(document.paths["/own"]?.get.parameters, undefined);
		const docs = await (await client.get("/tenants/acme/docs")).text();
		assert.match(docs, /\/tenants\/acme\/openapi\.json/);
	});

	test("may be nested, have types and converters, and hold what is no app", async () => {
		const inner = new App({ logger: quiet });
		const all = { year: Path(z.int()), tenant: Path(z.string()) };
		inner.get(
			"/{day:int}",
			{ ...all, day: z.int() },
			function read_day(values) {
				return values;
			},
		);
		const middle = new App({ logger: quiet });
		middle.mount("/years/{year:int}", inner, { name: "days" });
		middle.mount("/plain", shop(), { name: "shop" });
		const web = {
			fetch: (request: Request) =>
				globalThis.Response.json(new URL(request.url).pathname),
		};
		const app = new App({ logger: quiet });
		app.mount("/t/{tenant}", middle, { name: "tenants" });
		app.mount("/web/{x:path}/at", web, { name: "web" });
		await using client = await TestClient.start(app);
		assert.deepEqual(await read(client.get("/t/a/years/2026/3")), {
			day: 3,
			year: 2026,
			tenant: "a",
		});
		assert.equal(await read(client.get("/t/a/years/x/3")), 404);
		assert.equal(await read(client.get("/t/a/plain/own")), "a");
		assert.deepEqual(await read(client.get("/t/a/plain/items/1")), {
			id: 1,
			tenant: "tenant a",
		});
		assert.equal(await read(client.get("/web/a/b/at/c%20d")), "/c%20d");
		assert.equal(
			app.urlPathFor("tenants:days:read_day", { tenant: "a", year: 1, day: 2 }),
			"/t/a/years/1/2",
		);
		assert.equal(
			app.urlPathFor("web", { x: "a/b", path: "c d" }),
			"/web/a/b/at/c%20d",
		);
		assert.throws(
			() => app.urlPathFor("tenants:days:read_day", { year: 1, day: 2 }),
			/VIV_ROUTE: the path "\/t\/\{tenant\}" needs a value for "tenant"/,
		);
	});

	test("that clashes, or leaves a Path() without a name, is told when the app is built", async () => {
		const clashing = new App({ logger: quiet });
		clashing.get("/{tenant}", ({ tenant }) => tenant);
		const app = new App({ logger: quiet });
		app.mount("/t/{tenant}", clashing);
		await assert.rejects(
			TestClient.start(app),
			/VIV_PATH: GET \/\{tenant\}: the parameter "tenant" also stands in the path or host below which its app is mounted/,
		);
		await assert.rejects(
			TestClient.start(shop()),
			/VIV_PARAMETER: .*path parameter "tenant" is not in the path template/,
		);
		assert.throws(
			() => app.mount("/files/{path}", shop()),
			/VIV_PATH: mount\("\/files\/\{path\}"\): "path" stands for the rest of the path/,
		);
		assert.throws(() => app.mount("/{a", shop()), /VIV_PATH/);
		assert.throws(() => app.mount("/{a:no}", shop()), /unknown converter "no"/);
	});
});

describe("a mount on a router", () => {
	test("stands below the router's prefixes, and lives with the app that includes it", async () => {
		const lines: string[] = [];
		const sub = new App({
			logger: quiet,
			lifespan: async function* () {
				lines.push("begins");
				yield { from: "sub" };
				lines.push("ends");
			},
		});
		sub.get("/", { area: Path(z.string()) }, ({ area }, request) => [
			area,
			request.state.from,
		]);
		const router = new Router({ prefix: "/areas/{area}" });
		router.mount("/sub", sub, { name: "sub" });
		const outer = new Router();
		outer.include(router, { prefix: "/v1" });
		const app = new App({ logger: quiet });
		app.include(outer);
		assert.deepEqual(
			app.routes.map(({ kind, path, name }) => [kind, path, name]),
			[["mount", "/v1/areas/{area}/sub", "sub"]],
		);
		{
			await using client = await TestClient.start(app);
			const answer = await read(client.get("/v1/areas/north/sub/"));
			assert.deepEqual(answer, ["north", "sub"]);
			assert.throws(
				() => sub.get("/late", () => 1),
				/VIV_ROUTE: .*comes too late/,
			);
		}
		assert.deepEqual(lines, ["begins", "ends"]);
		sub.get("/late", () => 1);
	});

	test("can't lead an app back to itself, nor serve a router", async () => {
		const app = new App({ logger: quiet });
		const router = new Router();
		app.include(router);
		router.mount("/again", app);
		await assert.rejects(
			TestClient.start(app),
			/VIV_ROUTE: App "Vivace": an app can't be mounted in itself/,
		);
		assert.throws(
			() => router.mount("/x", new Router() as never),
			/VIV_ROUTE: mount\("\/x"\): expected an App/,
		);
	});
});

describe("an app of a host", () => {
	function site(): App {
		const api = new App({ title: "API", logger: quiet });
		api.get(
			"/items/{id}",
			{ id: z.int() },
			function read_item({ id }, request) {
				return { api: id, root: request.rootPath, route: request.route?.path };
			},
		);
		api.exceptionHandler(
			404,
			() => new JSONResponse("api's 404", { status: 404 }),
		);
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			const response = await next(request);
			response.headers.set("x-route", request.route?.path ?? "none");
			return response;
		});
		app.host("API.example.com", api, { name: "api" });
		app.host("{tenant}.example.com:8443", shop(), { name: "shop" });
		app.get("/items/{id}", ({ id }) => `own ${id}`);
		app.get("/jump/{tenant}", ({ tenant }, request) => {
			const values = { tenant, id: 3 };
			return new JSONResponse([
				request.urlFor("shop:read_item", values),
				request.urlFor("api:read_item", { id: 3 }),
			]);
		});
		return app;
	}

	test("answers all that is asked of it, whatever the port and the capitals", async () => {
		await using client = await TestClient.start(site());
		const at = (host: string, path: string) =>
			client.get(path, { headers: { host } });
		const item = { api: 1, root: "", route: "/items/{id}" };
		assert.deepEqual(await read(at("api.example.com", "/items/1")), item);
		assert.deepEqual(await read(at("Api.Example.COM:81", "/items/1")), item);
		assert.equal(
			await (await at("api.example.com", "/no")).json(),
			"api's 404",
		);
		assert.deepEqual(await read(at("acme.example.com", "/items/2")), {
			id: 2,
			tenant: "tenant acme",
		});
		for (const host of ["example.com", "api.example.org", "[::1]:8", "a b"]) {
			assert.equal(await read(at(host, "/items/1")), "own 1", host);
		}
		const { headers } = await at("acme.example.com", "/own");
		assert.equal(headers.get("x-route"), "/own");
		const document = (await read(at("api.example.com", "/openapi.json"))) as {
			info: { title: string };
		};
		assert.equal(document.info.title, "API");
	});

	test("has addresses of its own", async () => {
		const app = site();
		await using client = await TestClient.start(app, {
			baseUrl: "http://example.com:8000",
		});
		assert.deepEqual(await read(client.get("/jump/acme")), [
			"http://acme.example.com:8443/items/3",
			"http://api.example.com:8000/items/3",
		]);
		assert.equal(app.urlPathFor("api:read_item", { id: 1 }), "/items/1");
		const url = "http://acme.example.com:9/request";
		const { own } = (await read(client.get(url))) as { own: string };
		assert.equal(own, "http://acme.example.com:9/items/1");
	});

	test("does so on a server", async () => {
		await using server = await serve(site(), { port: 0, signals: false, log });
		const answer = await new Promise<string>((resolve, reject) => {
			const headers = { host: `api.example.com:${server.port}` };
			const { port } = server;
			httpGet(
				{ host: "127.0.0.1", port, path: "/items/5", headers },
				(answer) => {
					answer.setEncoding("utf8").on("data", resolve);
				},
			).on("error", reject);
		});
		assert.deepEqual(JSON.parse(answer), {
			api: 5,
			root: "",
			route: "/items/{id}",
		});
	});

	test("may be what is no app; nonsense is refused at its line", async () => {
		const app = new App({ logger: quiet });
		const web = {
			fetch: (request: Request) => globalThis.Response.json(request.url),
		};
		app.host("{sub}.web.test", web);
		app.get("/", () => {
			throw new HTTPException(418);
		});
		await using client = await TestClient.start(app);
		const url = "http://x.web.test/a%20b?c=d";
		assert.equal(await read(client.get(url)), url);
		assert.equal(await read(client.get("/")), 418);
		assert.equal((await client.request("TRACE", url)).status, 405);
		const other = new App();
		for (const host of [
			"",
			"https://example.com",
			"a/b",
			7,
			"{a",
			"{path}.x",
		]) {
			assert.throws(
				() => other.host(host as string, web),
				/VIV_PATH/,
				String(host),
			);
		}
		assert.throws(
			() => other.host("x.test", {} as never),
			/VIV_ROUTE: host\("x\.test"\)/,
		);
		assert.throws(
			() => other.host("x.test", other),
			/can't be mounted in itself/,
		);
	});
});
