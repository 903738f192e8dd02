import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, dependency, HTTPException, Router } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const logger = { error() {}, warn() {}, info() {} };

/** Wraps a function as a tracing library does. */
function traced<Arguments extends readonly unknown[], Result>(
	call: (...given: Arguments) => Result,
) {
	return (...given: Arguments): Result => call(...given);
}

function tracedLater<Arguments extends readonly unknown[], Result>(
	call: (...given: Arguments) => Result,
) {
	return async (...given: Arguments) => call(...given);
}

type AnyGenerator = Generator<string> | AsyncGenerator<string>;
type Given = AnyGenerator | Promise<AnyGenerator>;

const names = [
	"a sync generator function",
	"an async generator function",
	"a wrapper of a sync one",
	"a wrapper of an async one",
	"an async wrapper of a sync one",
	"an async wrapper of an async one",
	"a wrapper of an async wrapper",
	"a bound one",
] as const;
type FormName = (typeof names)[number];

/** Generator functions of both kinds, by themselves and behind wrappers, that write down what happens to them. */
function forms(lines: string[]): Readonly<Record<FormName, () => Given>> {
	function* sync() {
		lines.push("enters");
		try {
			yield "value";
			lines.push("leaves");
		} catch (error) {
			lines.push(`hears ${(error as Error).message}`);
			throw error;
		}
	}
	async function* later() {
		yield* sync();
	}
	return {
		"a sync generator function": sync,
		"an async generator function": later,
		"a wrapper of a sync one": traced(sync),
		"a wrapper of an async one": traced(later),
		"an async wrapper of a sync one": tracedLater(sync),
		"an async wrapper of an async one": tracedLater(later),
		"a wrapper of an async wrapper": traced(tracedLater(later)),
		"a bound one": later.bind(null),
	};
}

for (const name of names) {
	describe(name, () => {
		for (const scope of ["function", "request"] as const) {
			test(`is entered and left in ${scope} scope`, async () => {
				const lines: string[] = [];
				const session = dependency(forms(lines)[name], { scope });
				const app = new App({ logger });
				app.get("/", { session }, ({ session }) => {
					lines.push("handler");
					return session.toUpperCase();
				});
				app.get("/fails", { session }, () => {
					throw new HTTPException(400, "no luck");
				});
				await using client = await TestClient.start(app);
				assert.equal(await (await client.get("/")).json(), "VALUE");
				assert.deepEqual(lines.splice(0), ["enters", "handler", "leaves"]);
				assert.equal((await client.get("/fails")).status, 400);
				assert.deepEqual(lines, ["enters", "hears no luck"]);
			});
		}

		test("guards a route, and stands in for another by an override", async () => {
			const lines: string[] = [];
			const plain = dependency(() => "plain");
			const guard = dependency(forms(lines)[name]);
			const app = new App({ logger, dependencies: [guard] });
			app.get("/", { plain }, ({ plain }) => plain);
			app.overrides.set(plain, dependency(forms(lines)[name]));
			await using client = await TestClient.start(app);
			assert.equal(await (await client.get("/")).json(), "value");
			assert.deepEqual(lines, ["enters", "enters", "leaves", "leaves"]);
		});

		test("is a resource, released at the end", async () => {
			const lines: string[] = [];
			const pool = dependency(forms(lines)[name], {
				scope: "app",
				name: "pool",
			});
			const app = new App({ logger });
			app.get("/", { pool }, ({ pool }) => pool);
			{
				await using client = await TestClient.start(app);
				assert.equal(await (await client.get("/")).json(), "value");
				assert.deepEqual(lines, ["enters"]);
			}
			assert.deepEqual(lines, ["enters", "leaves"]);
		});

		test("streams as a handler, in whose function scope it is to its end", async () => {
			const lines: string[] = [];
			const session = dependency(forms(lines)["a sync generator function"], {
				scope: "function",
			});
			const app = new App({ logger });
			app.get("/", { session }, forms(lines)[name]);
			await using client = await TestClient.start(app);
			assert.equal(await (await client.get("/")).text(), '"value"\n');
			assert.deepEqual(lines, ["enters", "enters", "leaves", "leaves"]);
		});
	});
}

test("a lifespan may be wrapped, an app's and a router's", async () => {
	const lines: string[] = [];
	async function* boot() {
		lines.push("starts");
		yield { model: 42 };
		lines.push("stops");
	}
	const router = new Router({ lifespan: traced(boot) });
	const app = new App({ logger, lifespan: tracedLater(boot) });
	app.get("/", (_values, request) => request.state.model);
	app.include(router);
	await assert.rejects(TestClient.start(app), /both yield "model"/);
	assert.deepEqual(lines.splice(0), ["starts", "starts", "stops", "stops"]);
	const alone = new App({ logger, lifespan: traced(boot) });
	alone.get("/", (_values, request) => request.state.model);
	{
		await using client = await TestClient.start(alone);
		assert.equal(await (await client.get("/")).json(), 42);
	}
	assert.deepEqual(lines, ["starts", "stops"]);
});

test("a generator that is yielded is a value, as are lists and streams that are returned", async () => {
	async function* numbers() {
		yield 1;
		yield 2;
	}
	const stream = dependency(async function* () {
		yield numbers();
	});
	const list = dependency(() => [1, 2][Symbol.iterator]());
	const app = new App({ logger });
	app.get("/", { stream, list }, async ({ stream, list }) => [
		...(await Array.fromAsync(stream)),
		...list,
	]);
	await using client = await TestClient.start(app);
	assert.deepEqual(await (await client.get("/")).json(), [1, 2, 1, 2]);
});

test("a generator that a wrapper remembers is refused, for its clean-up would run in another request", async () => {
	const only = (function* () {
		yield 1;
	})();
	const memo = dependency(() => only, { name: "memo" });
	const app = new App({ logger });
	app.get("/", { memo }, ({ memo }) => memo);
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/")).json(), 1);
	await assert.rejects(client.get("/"), /"memo" gave a generator that was/);
});

test("one that ends without a yield says so, behind a wrapper too", async () => {
	const empty = dependency(
		traced(function* (): Generator<number> {}),
		{ name: "empty" },
	);
	const app = new App({ logger });
	app.get("/", { empty }, ({ empty }) => empty);
	await using client = await TestClient.start(app);
	await assert.rejects(client.get("/"), /"empty" ended without yielding/);
});
