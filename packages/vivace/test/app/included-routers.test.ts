import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	dependency,
	Response,
	Router,
	SetupError,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** The part of an operation in the document that these tests look at. */
interface Described {
	readonly tags?: readonly string[];
	readonly deprecated?: boolean;
	readonly operationId: string;
	readonly parameters?: readonly { readonly name: string }[];
	readonly responses: Readonly<Record<string, object>>;
}

function operationOf(app: App, path: string): Described | undefined {
	return app.openapi().paths[path]?.get as Described | undefined;
}

const silent = { error() {}, warn() {}, info() {} };

/** A dependency that says in a header that it was made. */
function leavesHeader(name: string) {
	return dependency({ response: Response }, ({ response }) => {
		response.headers.append("x-made", name);
	});
}

describe("a path operation in routers", () => {
	/** The same things said at five places around one path operation. */
	function nested() {
		const at = (place: string) => ({
			tags: [place],
			dependencies: [leavesHeader(place)],
			responses: { [`4${place.length}0`]: { description: place } },
		});
		const inner = new Router({ prefix: "/b", ...at("inner") });
		inner.get({ path: "/item", ...at("operation") }, function read_item() {
			return "ok";
		});
		const outer = new Router({ prefix: "/a", ...at("outer!") });
		outer.include(inner, { prefix: "/in", ...at("included") });
		const app = new App(at("app"));
		app.include(outer);
		return app;
	}

	test("has the prefixes, tags, dependencies and responses of all of them, outermost first", async () => {
		const app = nested();
		await using client = await TestClient.start(app);
		const response = await client.get("/a/in/b/item");
		assert.equal(await response.json(), "ok");
		const places = ["app", "outer!", "included", "inner", "operation"];
		assert.equal(response.headers.get("x-made"), places.join(", "));
		const operation = operationOf(app, "/a/in/b/item");
		assert.deepEqual(operation?.tags, places);
		const { 200: _, ...further } = operation?.responses ?? {};
		assert.deepEqual(
			further,
			Object.fromEntries(
				places.map((place) => [`4${place.length}0`, { description: place }]),
			),
		);
		assert.equal(operation?.operationId, "read_item_a_in_b_item_get");
	});

	test("says itself which response counts where several describe one status", () => {
		const at = (description: string) => ({
			responses: { 404: { description } },
		});
		const router = new Router(at("router"));
		router.get("/plain", () => 1);
		router.get({ path: "/own", ...at("own") }, () => 1);
		const app = new App(at("app"));
		app.include(router);
		app.include(router, { prefix: "/v1", ...at("included") });
		const described = (path: string) =>
			operationOf(app, path)?.responses["404"];
		assert.deepEqual(described("/plain"), { description: "router" });
		assert.deepEqual(described("/v1/plain"), { description: "router" });
		assert.deepEqual(described("/v1/own"), { description: "own" });
	});

	test("is deprecated or hidden if anything around it is", () => {
		const router = new Router();
		router.get("/item", () => 1);
		router.get({ path: "/old", deprecated: true }, () => 1);
		router.get({ path: "/secret", includeInSchema: false }, () => 1);
		const app = new App();
		app.include(router, { prefix: "/a" });
		app.include(router, { prefix: "/b", deprecated: true });
		app.include(router, { prefix: "/c", includeInSchema: false });
		const deprecated = (path: string) => operationOf(app, path)?.deprecated;
		assert.equal(deprecated("/a/item"), undefined);
		assert.equal(deprecated("/a/old"), true);
		assert.equal(deprecated("/b/item"), true);
		assert.deepEqual(Object.keys(app.openapi().paths), [
			"/a/item",
			"/a/old",
			"/b/item",
			"/b/old",
		]);
	});

	test("has its id from the innermost that says how ids are made", () => {
		const by = (who: string) => ({
			generateUniqueId: ({ name }: { readonly name: string }) =>
				`${who}_${name}`,
		});
		const handler = function read_item() {};
		const plain = new Router();
		plain.get("/plain", handler);
		plain.get({ path: "/own", ...by("own") }, handler);
		plain.get({ path: "/told", operationId: "told", ...by("own") }, handler);
		const router = new Router(by("router"));
		router.get("/router", handler);
		const app = new App({ ...by("app"), logger: silent }); // some ids are taken twice
		app.include(plain);
		app.include(plain, { prefix: "/v1", ...by("included") });
		app.include(router, { prefix: "/v1", ...by("included") });
		const ids = Object.fromEntries(
			Object.keys(app.openapi().paths).map((path) => [
				path,
				operationOf(app, path)?.operationId,
			]),
		);
		assert.deepEqual(ids, {
			"/plain": "app_read_item",
			"/own": "own_read_item",
			"/told": "told",
			"/v1/plain": "included_read_item",
			"/v1/own": "own_read_item",
			"/v1/told": "told",
			"/v1/router": "router_read_item",
		});
	});

	test("reads the path parameters of every prefix", async () => {
		const router = new Router({ prefix: "/tenants/{tenant}" });
		router.get(
			"/items/{item}",
			{ version: z.int(), tenant: z.int(), item: z.int() },
			(values) => values,
		);
		const app = new App();
		app.include(router, { prefix: "/api/{version}" });
		await using client = await TestClient.start(app);
		const response = await client.get("/api/1/tenants/2/items/3");
		assert.deepEqual(await response.json(), { version: 1, tenant: 2, item: 3 });
		const path = "/api/{version}/tenants/{tenant}/items/{item}";
		assert.deepEqual(
			operationOf(app, path)?.parameters?.map(({ name }) => name),
			["version", "tenant", "item"],
		);
	});
});

describe("a router", () => {
	test("may be included anywhere, as often as wanted, and still grows", async () => {
		const shared = new Router();
		const parent = new Router();
		parent.include(shared, { prefix: "/a" });
		parent.include(shared, { prefix: "/b" });
		const app = new App();
		app.include(parent, { prefix: "/v1" });
		app.include(parent, { prefix: "/v2" });
		assert.deepEqual(Object.keys(app.openapi().paths), []);
		shared.get("/items", () => []);
		const late = new Router();
		parent.include(late, { prefix: "/late" });
		late.get("/items", () => []);
		await using client = await TestClient.start(app);
		const paths = ["/v1", "/v2"].flatMap((version) =>
			["/a", "/b", "/late"].map((part) => `${version}${part}/items`),
		);
		for (const path of paths) {
			assert.deepEqual(await (await client.get(path)).json(), [], path);
		}
		const response = await client.get("/openapi.json");
		const document = (await response.json()) as { paths: object };
		assert.deepEqual(Object.keys(document.paths), paths);
	});

	test("serves its prefix by an empty path, with and without a final slash", async () => {
		const router = new Router();
		router.get("", () => ["OK"]);
		const app = new App();
		app.include(router, { prefix: "/prefix" });
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/prefix")).json(), ["OK"]);
		assert.deepEqual(await (await client.get("/prefix/")).json(), ["OK"]);
	});

	test("can't serve an empty path under an empty prefix", async () => {
		const router = new Router();
		router.get("", () => ["OK"]);
		const app = new App();
		app.include(router);
		await assert.rejects(TestClient.start(app), (error: unknown) => {
			assert.ok(error instanceof SetupError);
			assert.equal(error.code, "VIV_PATH");
			assert.match(error.message, /include/);
			return true;
		});
	});

	test("can't include itself through others", () => {
		const parent = new Router();
		const child = new Router();
		const grandchild = new Router();
		parent.include(child, { prefix: "/child" });
		child.include(grandchild, { prefix: "/grandchild" });
		for (const router of [grandchild, child, parent]) {
			assert.throws(
				() => router.include(parent, { prefix: "/parent" }),
				SetupError,
			);
		}
	});

	test("leaves a method that it does not have to a later one, and 405 to none", async () => {
		const reading = new Router();
		reading.get("/items", () => "read");
		const writing = new Router();
		writing.post("/items", () => "written");
		const app = new App();
		app.include(reading, { prefix: "/api" });
		app.include(writing, { prefix: "/api" });
		await using client = await TestClient.start(app);
		assert.equal(await (await client.post("/api/items")).json(), "written");
		const refused = await client.put("/api/items");
		assert.equal(refused.status, 405);
		assert.equal(refused.headers.get("allow"), "GET");
	});

	test("is served at a path that names an optional parameter, and at one that doesn't", async () => {
		const items = new Router();
		const owner = dependency(
			{ user_id: z.string().nullish() },
			({ user_id }) => user_id ?? "nobody",
		);
		items.get(
			"/{item_id}",
			{ item_id: z.int(), user_id: z.string().nullish(), owner },
			(values) => values,
		);
		const app = new App();
		app.include(items, { prefix: "/items" });
		app.include(items, { prefix: "/users/{user_id}/items" });
		await using client = await TestClient.start(app);
		const bodyOf = async (path: string) => (await client.get(path)).json();
		assert.deepEqual(await bodyOf("/items/3"), {
			item_id: 3,
			user_id: null,
			owner: "nobody",
		});
		assert.deepEqual(await bodyOf("/items/3?user_id=ada"), {
			item_id: 3,
			user_id: "ada",
			owner: "ada",
		});
		assert.deepEqual(await bodyOf("/users/bob/items/3?user_id=ada"), {
			item_id: 3,
			user_id: "bob",
			owner: "bob",
		});
		const { parameters } = operationOf(
			app,
			"/users/{user_id}/items/{item_id}",
		) as Described;
		assert.deepEqual(
			parameters?.find(({ name }) => name === "user_id"),
			{
				name: "user_id",
				in: "path",
				required: true,
				schema: {
					anyOf: [{ type: "string" }, { type: "null" }],
					title: "User Id",
				},
			},
		);
	});

	test("redirects a missing slash only where no later router has the path as it is", async () => {
		const slashed = new Router();
		slashed.get("/items/", () => "slash");
		slashed.get("/other/", () => "slash");
		const exact = new Router();
		exact.get("/items", () => "exact");
		const app = new App();
		app.include(slashed, { prefix: "/api" });
		app.include(exact, { prefix: "/api" });
		await using client = await TestClient.start(app, {
			followRedirects: false,
		});
		assert.equal(await (await client.get("/api/items")).json(), "exact");
		assert.equal((await client.get("/api/other")).status, 307);
	});
});

test("a body without a content type is JSON where the innermost that speaks of it says so", async () => {
	const lax = { strictContentType: false };
	const strict = { strictContentType: true };
	const routerOf = (options: object) => {
		const router = new Router(options);
		router.post(
			"/items",
			{ data: z.record(z.string(), z.string()) },
			({ data }) => data,
		);
		return router;
	};
	for (const [settings, appStatus] of [
		[{}, 422],
		[lax, 200],
	] as const) {
		const outer = routerOf(lax);
		outer.include(routerOf(strict), { prefix: "/strict" });
		outer.include(routerOf({}), { prefix: "/default" });
		const app = new App(settings);
		app.include(routerOf({}), { prefix: "/plain" });
		app.include(routerOf(strict), { prefix: "/strict" });
		app.include(outer, { prefix: "/lax" });
		const statuses = {
			"/plain": appStatus,
			"/strict": 422,
			"/lax": 200,
			"/lax/strict": 422,
			"/lax/default": 200,
		};
		await using client = await TestClient.start(app);
		for (const [path, status] of Object.entries(statuses)) {
			const body = new Blob(['{"key":"value"}']);
			const without = await client.post(`${path}/items`, { body });
			assert.equal(without.status, status, path);
			const json = { key: "value" };
			const told = await client.post(`${path}/items`, { json });
			assert.equal(told.status, 200, path);
		}
	}
});
