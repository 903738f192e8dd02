import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Body,
	Depends,
	dependency,
	Header,
	JSONResponse,
	Request,
	Response,
	Router,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** The part of an operation in the document that these tests look at. */
interface Described {
	readonly parameters?: readonly {
		readonly name: string;
		readonly in: string;
	}[];
	readonly requestBody?: {
		readonly content: Readonly<Record<string, { readonly schema: object }>>;
	};
}

function operationOf(app: App, method: string, path: string): Described {
	return app.openapi().paths[path]?.[method] as Described;
}

function modelsOf(
	app: App,
): Readonly<Record<string, { readonly required?: readonly string[] }>> {
	return app.openapi().components?.schemas as ReturnType<typeof modelsOf>;
}

async function jsonOf(response: Promise<globalThis.Response>) {
	return (await response).json();
}

describe("the value of a dependency", () => {
	test("is made anew for each request, and once more for each use that says so", async () => {
		let count = 0;
		const counter = dependency(() => ++count);
		const sub = dependency({ counter }, ({ counter }) => counter);
		const fresh = Depends(counter, { useCache: false });
		const app = new App();
		app.get("/plain", { counter }, (values) => values);
		app.get("/sub", { sub, counter }, (values) => values);
		app.get("/fresh", { sub, fresh, counter }, (values) => values);
		await using client = await TestClient.start(app);
		assert.deepEqual(await jsonOf(client.get("/plain")), { counter: 1 });
		assert.deepEqual(await jsonOf(client.get("/plain")), { counter: 2 });
		assert.deepEqual(await jsonOf(client.get("/sub")), { sub: 3, counter: 3 });
		assert.deepEqual(await jsonOf(client.get("/fresh")), {
			sub: 4,
			fresh: 5,
			counter: 4,
		});
	});

	test("may come from a callable object's method, in any form of function", async () => {
		class Greeter {
			readonly word = "hello";
			plain = () => this.word;
			later = async () => this.word;
		}
		const greeter = new Greeter();
		function* generated() {
			yield greeter.word;
		}
		const app = new App();
		const forms = {
			plain: greeter.plain,
			later: greeter.later,
			generated,
			asyncGenerated: async function* () {
				yield greeter.word;
			},
		};
		for (const [name, form] of Object.entries(forms)) {
			const word = dependency(form as () => string);
			app.get(`/${name}`, { word }, ({ word }) => word);
		}
		await using client = await TestClient.start(app);
		for (const name of Object.keys(forms)) {
			assert.equal(await jsonOf(client.get(`/${name}`)), "hello", name);
		}
	});

	test("may be a response, a request's own or another, and what is set on it is sent", async () => {
		const first = dependency({ response: Response }, ({ response }) => {
			response.headers.set("x-first", "1");
			return response;
		});
		const second = dependency({ response: first }, ({ response }) => {
			response.headers.set("x-second", "2");
			response.status = 201;
			return response;
		});
		const other = dependency(() => new JSONResponse("other"));
		const app = new App();
		app.get({ path: "/own", dependencies: [second] }, () => "own");
		app.get("/other", { other }, ({ other }) => {
			other.headers.set("x-other", "3");
			return other;
		});
		await using client = await TestClient.start(app);
		const own = await client.get("/own");
		assert.equal(own.status, 201);
		assert.equal(await own.json(), "own");
		assert.equal(own.headers.get("x-first"), "1");
		assert.equal(own.headers.get("x-second"), "2");
		const response = await client.get("/other");
		assert.equal(await response.json(), "other");
		assert.equal(response.headers.get("x-other"), "3");
	});

	test("may be the request's background tasks, which then hold both functions' work", async () => {
		const done: string[] = [];
		const tasks = dependency({ tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(() => done.push("dependency's"));
			return tasks;
		});
		const agent = dependency({ request: Request }, ({ request }) =>
			request.header("user-agent"),
		);
		const app = new App();
		app.get("/", { tasks, agent }, ({ tasks, agent }) => {
			tasks.add(() => done.push("handler's"));
			return agent;
		});
		await using client = await TestClient.start(app);
		assert.equal(await jsonOf(client.get("/")), "testclient");
		assert.deepEqual(done, ["dependency's", "handler's"]);
	});
});

describe("a parameter that several functions declare", () => {
	const Item = z.object({ data: z.string() }).meta({ id: "Item" });

	test("is one body under one name, two under two", async () => {
		const same = dependency({ item: Item }, ({ item }) => item);
		const nested = dependency({ item: Item, same }, ({ item, same }) => [
			item,
			same,
		]);
		const other = dependency({ other: Item }, ({ other }) => other);
		const app = new App();
		app.post("/same", { item: Item, same }, (values) => Object.values(values));
		app.post("/nested", { item: Item, nested }, (values) =>
			Object.values(values),
		);
		app.post("/two", { item: Item, other }, (values) => Object.values(values));
		await using client = await TestClient.start(app);
		const item = { data: "a" };
		const post = (path: string, json: unknown) =>
			jsonOf(client.post(path, { json }));
		assert.deepEqual(await post("/same", item), [item, item]);
		assert.deepEqual(await post("/nested", item), [item, [item, item]]);
		assert.deepEqual(await post("/two", { item, other: { data: "b" } }), [
			item,
			{ data: "b" },
		]);
		assert.deepEqual(await post("/two", { item }), {
			detail: [
				{
					type: "missing",
					loc: ["body", "other"],
					msg: "Field required",
					input: null,
				},
			],
		});
		const bodyOf = (path: string) =>
			operationOf(app, "post", path).requestBody?.content["application/json"]
				?.schema;
		const component = (name: string) => ({
			$ref: `#/components/schemas/${name}`,
		});
		assert.deepEqual(bodyOf("/same"), component("Item"));
		assert.deepEqual(bodyOf("/nested"), component("Item"));
		assert.deepEqual(bodyOf("/two"), component("Body_two_post"));
	});

	test("is read for each and documented once", async () => {
		const lang = Header(z.string());
		const plain = dependency({ lang }, ({ lang }) => lang);
		const loud = dependency({ lang: plain }, ({ lang }) => `${lang}!`);
		const userExists = dependency({ user_id: z.int() }, ({ user_id }) => {
			assert.equal(typeof user_id, "number");
		});
		const app = new App();
		app.get(
			{ path: "/users/{user_id}", dependencies: [userExists] },
			{ user_id: z.int(), plain, loud },
			({ user_id, plain, loud }) => [user_id, plain, loud],
		);
		await using client = await TestClient.start(app);
		const headers = { lang: "en" };
		const body = await jsonOf(client.get("/users/42", { headers }));
		assert.deepEqual(body, [42, "en", "en!"]);
		const { parameters } = operationOf(app, "get", "/users/{user_id}");
		assert.deepEqual(
			parameters?.map((each) => [each.in, each.name]),
			[
				["path", "user_id"],
				["header", "lang"],
			],
		);
	});

	test("makes one body of those of app, router, include and route", async () => {
		const part = (name: string, schema: z.ZodType) =>
			dependency({ [name]: Body(schema) }, (values) => values);
		const router = new Router({ dependencies: [part("router", z.int())] });
		router.post("/items", { route: Body(z.number()) }, ({ route }) => route);
		const app = new App({ dependencies: [part("app", z.string())] });
		app.include(router, {
			prefix: "/api",
			dependencies: [part("include", z.boolean())],
		});
		await using client = await TestClient.start(app);
		const json = { app: "a", router: 1, include: true, route: 2.5 };
		const body = await jsonOf(client.post("/api/items", { json }));
		assert.equal(body, 2.5);
		const { Body_api_items_post: parts } = modelsOf(app);
		assert.deepEqual(parts?.required?.toSorted(), [
			"app",
			"include",
			"route",
			"router",
		]);
	});
});

describe("overrides", () => {
	const commons = dependency(
		{ q: z.string(), skip: z.int().default(0) },
		(values): object => values,
	);

	/** An app that uses the dependency in every place where it can stand. */
	function appOf() {
		const router = new Router();
		router.get("/router", { commons }, ({ commons }) => commons);
		router.get(
			{ path: "/router-effect", dependencies: [commons] },
			() => "effect",
		);
		const app = new App();
		app.get("/main", { commons }, ({ commons }) => commons);
		app.get({ path: "/main-effect", dependencies: [commons] }, () => "effect");
		app.include(router);
		return app;
	}

	const problem = (name: string) => ({
		detail: [
			{
				type: "missing",
				loc: ["query", name],
				msg: "Field required",
				input: null,
			},
		],
	});

	test("take their own parameters, in handlers and as effects, in apps and routers", async () => {
		const app = appOf();
		await using client = await TestClient.start(app);
		const answers = async (query: string) =>
			Promise.all(
				["/main", "/main-effect", "/router", "/router-effect"].map((path) =>
					jsonOf(client.get(path + query)),
				),
			);
		const q = problem("q");
		assert.deepEqual(await answers(""), [q, q, q, q]);
		app.overrides.set(
			commons,
			dependency({ q: z.string().nullish() }, ({ q }) => ({ q, skip: 5 })),
		);
		const fixed = { q: null, skip: 5 };
		assert.deepEqual(await answers(""), [fixed, "effect", fixed, "effect"]);
		app.overrides.clear();
		assert.deepEqual(await answers(""), [q, q, q, q]);
	});

	test("bring their own dependencies", async () => {
		const app = appOf();
		const key = dependency({ k: z.string() }, ({ k }) => ({ k }));
		app.overrides.set(
			commons,
			dependency({ key }, ({ key }) => key),
		);
		await using client = await TestClient.start(app);
		for (const path of ["/main", "/main-effect", "/router", "/router-effect"]) {
			const refused = await client.get(`${path}?q=foo`);
			assert.deepEqual(await refused.json(), problem("k"), path);
			assert.equal(refused.status, 422);
			assert.equal((await client.get(`${path}?k=bar`)).status, 200);
		}
		assert.deepEqual(await jsonOf(client.get("/main?k=bar")), { k: "bar" });
	});

	test("leave the document as it is", () => {
		const app = appOf();
		const before = JSON.stringify(app.openapi());
		app.overrides.set(
			commons,
			dependency(() => ({})),
		);
		assert.equal(JSON.stringify(app.openapi()), before);
	});
});
