import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { listRoutes } from "../../src/cli/route-list.ts";
import { quietly } from "../../src/cli/seen-app.ts";
import { database } from "../../src/database.ts";
import { LifespanError } from "../../src/exceptions.ts";
import { App, dependency, Router } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const silent = { info() {}, warn() {}, error() {} };
const handler = () => null;

/** The names that /readyz tells. */
async function readyResources(client: TestClient): Promise<object> {
	const response = await client.get("/readyz");
	return ((await response.json()) as { readonly resources: object }).resources;
}

/** A resource whose function has no name, which is wanted in different ways, and how it is called then. */
const wanted: readonly (readonly [
	way: string,
	name: RegExp,
	make: (open: () => Promise<unknown>) => App,
])[] = [
	[
		"a path operation's record",
		/^pool$/,
		(open) => {
			const app = new App({ logger: silent, health: true });
			const resource = dependency(() => open(), { scope: "app" });
			app.get("/books/{id}", { pool: resource }, handler);
			return app;
		},
	],
	[
		"the record of another dependency",
		/^pool$/,
		(open) => {
			const app = new App({ logger: silent, health: true });
			const resource = dependency(() => open(), { scope: "app" });
			const repository = dependency({ pool: resource }, () => 1);
			app.get("/", { repository }, handler);
			return app;
		},
	],
	[
		"a list of the app before a record",
		/^pool$/,
		(open) => {
			const resource = dependency(() => open(), { scope: "app" });
			const app = new App({
				logger: silent,
				health: true,
				resources: [resource],
			});
			app.get("/", { pool: resource }, handler);
			return app;
		},
	],
	[
		"a list of the path operation before its record",
		/^pool$/,
		(open) => {
			const app = new App({ logger: silent, health: true });
			const resource = dependency(() => open(), { scope: "app" });
			app.get(
				{ path: "/", dependencies: [resource] },
				{ pool: resource },
				handler,
			);
			return app;
		},
	],
	[
		"lists alone: by the line that declares it",
		/^\S*resource-names\.test\.ts:\d+$/,
		(open) => {
			const resource = dependency(() => open(), { scope: "app" });
			const app = new App({
				logger: silent,
				health: true,
				resources: [resource],
			});
			const router = new Router({ dependencies: [resource] });
			router.get("/", handler);
			app.include(router);
			return app;
		},
	],
	[
		"a bound method: by its name",
		/^open$/,
		(open) => {
			class Source {
				open() {
					return open();
				}
			}
			const source = new Source();
			return new App({
				logger: silent,
				health: true,
				resources: [dependency(source.open.bind(source), { scope: "app" })],
			});
		},
	],
	[
		"an option: by that",
		/^books$/,
		(open) => {
			const app = new App({ logger: silent, health: true });
			const resource = dependency(() => open(), {
				scope: "app",
				name: "books",
			});
			app.get("/", { pool: resource }, handler);
			return app;
		},
	],
];

for (const [way, name, make] of wanted) {
	suite(`a resource without a name, in ${way}`, () => {
		test("is called so in the error of the start", async () => {
			const app = make(async () => {
				throw new Error("no route to host");
			});
			const error = await app.start().then(
				() => undefined,
				(thrown) => thrown,
			);
			assert.ok(error instanceof LifespanError);
			const [, told = ""] =
				/^VIV_LIFESPAN: "(.*?)" could not be acquired: no route/.exec(
					error.message,
				) ?? [];
			assert.match(told, name);
		});

		test("is called so by /readyz and in the timeline of vivace lifespan", async () => {
			const app = make(async () => 1);
			await using client = await TestClient.start(app);
			const resources = await readyResources(client);
			assert.equal(Object.keys(resources).length, 1);
			assert.match(Object.keys(resources)[0] ?? "", name);
			assert.match(app.lifespan.timeline()[0]?.name ?? "", name);
		});

		test("is called so by vivace routes", async () => {
			const app = make(async () => 1);
			const routes = await quietly(async () => listRoutes(app));
			for (const { dependencies } of routes) {
				const app = dependencies.find(({ scope }) => scope === "app");
				if (app !== undefined) {
					assert.match(app.name, name);
				}
			}
		});
	});
}

test("databases are told apart by their names in records", async () => {
	const app = new App({ logger: silent, health: true });
	const [shop, bank] = [
		database("sqlite::memory:"),
		database("sqlite::memory:"),
	];
	app.get("/", { shop, bank }, handler);
	await using client = await TestClient.start(app);
	const resources = await readyResources(client);
	assert.deepEqual(Object.keys(resources).sort(), ["bank", "shop"]);
});

test("messages about declarations name what has no name by its line", () => {
	const request = dependency(() => 1);
	assert.throws(
		() => dependency({ request: request as never }, () => 1, { scope: "app" }),
		/^SetupError: VIV_SCOPE: "\S+resource-names\.test\.ts:\d+" \(app scope\) needs "request" \(request scope\)/,
	);
});
