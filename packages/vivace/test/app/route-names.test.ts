import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	JSONResponse,
	type MatchedRoute,
	Router,
	SetupError,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

function isRouteError(problem: RegExp) {
	return (error: unknown) =>
		error instanceof SetupError &&
		error.code === "VIV_ROUTE" &&
		problem.test(error.message);
}

/** An app with a router, an app mounted with a name and one without, and something that is no app of ours. */
function shop() {
	const users = new Router({ prefix: "/users", tags: ["users"] });
	users.get({ path: "/{user_id}", tags: ["one"] }, function read_user() {
		return 1;
	});
	users.get("/{user_id}/items/{item_id:int}", function read_item() {
		return 1;
	});
	const admin = new App({ logger: quiet });
	admin.include(users);
	admin.get("/", {}, function home(_, request) {
		return [
			request.urlFor("home"),
			request.urlFor("admin:read_user", { user_id: "a b" }),
			request.urlFor("read_user", { user_id: 1 }),
			request.urlFor("only_here"),
		];
	});
	admin.get("/only", function only_here() {
		return 1;
	});
	const plain = new App({ logger: quiet });
	plain.get("/files/{path:path}", function read_file() {
		return 1;
	});
	const app = new App({ logger: quiet, title: "Shop" });
	app.get({ path: "/start", name: "home" }, (_, request) => [
		request.urlFor("home"),
		request.urlFor("admin:home"),
	]);
	app.include(users, { prefix: "/v1" });
	app.mount("/admin", admin, { name: "admin" });
	app.mount("/plain", plain);
	app.mount("/web", { fetch: () => Response.json(1) }, { name: "web" });
	return { app, admin };
}

describe("app.urlPathFor", () => {
	const paths: [
		name: string,
		values: Record<string, string | number>,
		path: string,
	][] = [
		["home", {}, "/start"],
		["read_user", { user_id: 5 }, "/v1/users/5"],
		["read_user", { user_id: "a b?ü" }, "/v1/users/a%20b%3F%C3%BC"],
		["read_item", { user_id: "x", item_id: 3 }, "/v1/users/x/items/3"],
		["admin:read_user", { user_id: 5 }, "/admin/users/5"],
		["admin:home", {}, "/admin/"],
		["read_file", { path: "a/b c" }, "/plain/files/a/b%20c"],
		["web", { path: "/a.css" }, "/web/a.css"],
		["web", { path: "" }, "/web/"],
	];
	for (const [name, values, path] of paths) {
		test(`gives ${path} for ${name} with ${JSON.stringify(values)}`, () => {
			assert.equal(shop().app.urlPathFor(name, values), path);
		});
	}

	test("names the routes that there are where there is none of a name", () => {
		const { app, admin } = shop();
		assert.throws(
			() => app.urlPathFor("read_users"),
			isRouteError(/"read_users".*"home", "read_user".*"admin:read_user"/),
		);
		assert.throws(
			() => app.urlPathFor("admin:nothing"),
			isRouteError(/admin:/),
		);
		assert.throws(
			() => app.urlPathFor(""),
			isRouteError(/there is no route ""/),
		);
		assert.equal(admin.urlPathFor("only_here"), "/only");
		assert.throws(
			() => new App({ openapiUrl: null }).urlPathFor("x"),
			isRouteError(/no route has a name/),
		);
	});

	test("names the parameters where one is missing, unknown or doesn't fit", () => {
		const { app } = shop();
		for (const [values, problem] of [
			[
				{},
				/needs a value for "user_id"; its parameters are "user_id", "item_id"/,
			],
			[{ user_id: 1, item_id: 2, q: 3 }, /no parameter "q"/],
			[{ user_id: 1, item_id: "x" }, /can't take "x" for "item_id"/],
			[{ user_id: "a/b", item_id: 1 }, /can't take "a\/b" for "user_id"/],
		] as const) {
			assert.throws(
				() => app.urlPathFor("read_item", values),
				isRouteError(problem),
			);
		}
	});

	test("takes of several routes of one name the one whose parameters are given", () => {
		const app = new App();
		app.get({ path: "/items", name: "items" }, () => 1);
		app.get({ path: "/items/{id}", name: "items" }, () => 1);
		assert.equal(app.urlPathFor("items"), "/items");
		assert.equal(app.urlPathFor("items", { id: 1 }), "/items/1");
	});

	test("sees a route that was declared after it was asked", () => {
		const app = new App();
		assert.throws(() => app.urlPathFor("late"), SetupError);
		app.get({ path: "/late", name: "late" }, () => 1);
		assert.equal(app.urlPathFor("late"), "/late");
	});
});

test("request.urlFor gives absolute URLs by the Host that was asked, through mounts and root paths", async () => {
	for (const rootPath of ["", "/api"]) {
		await using client = await TestClient.start(shop().app, { rootPath });
		const base = `http://example.org:81${rootPath}`;
		const headers = { host: "example.org:81" };
		for (const prefix of new Set(["", rootPath])) {
			const outer = await client.get(`${prefix}/start`, { headers });
			assert.deepEqual(await outer.json(), [`${base}/start`, `${base}/admin/`]);
			const inner = await client.get(`${prefix}/admin/`, { headers });
			assert.deepEqual(await inner.json(), [
				`${base}/start`,
				`${base}/admin/users/a%20b`,
				`${base}/v1/users/1`,
				`${base}/admin/only`,
			]);
		}
	}
});

describe("request.route", () => {
	test("is there before and after middleware's next, through mounts; undefined where nothing matches", async () => {
		const { app: outer } = shop();
		const seen: unknown[] = [];
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			const before = request.route;
			const response = await next(request);
			assert.equal(request.route, before);
			seen.push(before);
			return response;
		});
		app.mount("/shop", outer);
		app.get("/own/{id}", { id: z.int() }, ({ id }, request) => [
			id,
			request.route?.path,
		]);
		await using client = await TestClient.start(app, {
			followRedirects: false,
		});
		const routeOf = async (method: string, path: string) => {
			await client.request(method, path);
			return seen.pop() as MatchedRoute | undefined;
		};
		assert.deepEqual(await routeOf("GET", "/shop/v1/users/5"), {
			path: "/shop/v1/users/{user_id}",
			name: "read_user",
			methods: ["GET"],
			tags: ["users", "one"],
			kind: "operation",
		});
		assert.equal(
			(await routeOf("GET", "/shop/admin/users/5/items/3"))?.path,
			"/shop/admin/users/{user_id}/items/{item_id}",
		);
		assert.deepEqual(await routeOf("POST", "/shop/web/anything"), {
			path: "/shop/web",
			name: "web",
			methods: [],
			tags: [],
			kind: "mount",
		});
		// a wrong parameter is a route's matter
		assert.equal((await routeOf("GET", "/own/x"))?.path, "/own/{id}");
		for (const path of ["/nothing", "/shop/nothing", "/own", "/shop/admin"]) {
			assert.equal(await routeOf("GET", path), undefined, path);
		}
		assert.equal(await routeOf("POST", "/own/3"), undefined);
		assert.deepEqual(await (await client.get("/own/3")).json(), [
			3,
			"/own/{id}",
		]);
	});

	test("is what an exception handler, a route's middleware and the end of the request see", async () => {
		const seen: unknown[] = [];
		const app = new App({
			logger: quiet,
			routeMiddleware: [
				(request, next) => {
					seen.push(request.route?.name);
					request.whenSettled(() => {
						seen.push(request.route?.name);
					});
					return next(request);
				},
			],
		});
		app.exceptionHandler(
			RangeError,
			(request) => new JSONResponse(request.route?.name),
		);
		app.get("/", function broken() {
			throw new RangeError("no");
		});
		{
			await using client = await TestClient.start(app);
			assert.equal(await (await client.get("/")).json(), "broken");
		}
		assert.deepEqual(seen, ["broken", "broken"]);
	});
});
