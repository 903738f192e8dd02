import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { z } from "zod";
import { LifespanError } from "../../src/exceptions.ts";
import {
	App,
	BackgroundTasks,
	Body,
	Depends,
	dependency,
	Header,
	Path,
	Query,
	Request,
	Response,
	SetupError,
} from "../../src/index.ts";

const logger = { error() {}, warn() {}, info() {} };

const isScopeError =
	(...words: string[]) =>
	(error: unknown) => {
		assert.ok(error instanceof SetupError);
		assert.equal(error.code, "VIV_SCOPE");
		for (const word of words) {
			assert.ok(error.message.includes(word), error.message);
		}
		return true;
	};

/** A generator dependency that writes down what happens to it. */
function recorded(
	name: string,
	lines: string[],
	scope: "function" | "request",
	params: Record<string, ReturnType<typeof dependency>> = {},
) {
	return dependency(
		params,
		async function* () {
			lines.push(`${name} enters`);
			try {
				yield name;
				lines.push(`${name} leaves`);
			} catch (error) {
				lines.push(`${name} hears ${(error as Error).message}`);
				throw error;
			}
		},
		{ scope, name },
	);
}

function pool(lines: string[]) {
	return dependency(
		async function* () {
			lines.push("pool opens");
			yield { query: () => 42 };
			lines.push("pool closes");
		},
		{ scope: "app", name: "pool" },
	);
}

describe("a scope of its own", () => {
	test("makes what a request would, and leaves function scope, tasks and request scope in reverse order", async () => {
		const lines: string[] = [];
		const a = recorded("a", lines, "request");
		const b = recorded("b", lines, "request", { a });
		const c = recorded("c", lines, "function", { b });
		const d = recorded("d", lines, "function", { c });
		const tasks = dependency({ tasks: BackgroundTasks }, ({ tasks }) => tasks);
		const app = new App({ logger });
		{
			await using scope = await app.scope();
			assert.equal(await scope.get(d), "d");
			(await scope.get(tasks)).add(() => lines.push("task"));
			assert.equal(await scope.get(b), "b");
			lines.push("work");
		}
		assert.deepEqual(lines, [
			..."abcd".split("").map((name) => `${name} enters`),
			"work",
			"d leaves",
			"c leaves",
			"task",
			"b leaves",
			"a leaves",
		]);
	});

	test("keeps one value of each dependency, also for those who ask at once; useCache: false makes another", async () => {
		let count = 0;
		const counter = dependency(async () => ++count);
		const sub = dependency({ counter }, ({ counter }) => counter);
		const app = new App({ logger });
		await using scope = await app.scope();
		assert.deepEqual(
			await Promise.all([scope.get(sub), scope.get(counter), scope.get(sub)]),
			[1, 1, 1],
		);
		const fresh = Depends(counter, { useCache: false });
		assert.equal(await scope.get(fresh), 2);
		assert.equal(await scope.get(fresh), 3);
		assert.equal(await scope.get(counter), 1);
		await using other = await app.scope();
		assert.equal(await other.get(counter), 4);
	});

	test("has classes, sync generators, several instances of nothing that is shared, and defaults for parameters", async () => {
		class Paging {
			readonly limit: number;
			constructor({ limit }: { readonly limit: number }) {
				this.limit = limit;
			}
		}
		const paging = dependency({ limit: z.int().default(100) }, Paging);
		const generated = dependency(function* () {
			yield "generated";
		});
		const all = dependency(
			{
				paging,
				generated,
				q: z.string().nullish(),
				token: Header(z.string().optional()),
				filter: Query(z.object({ page: z.int().default(1) })),
				item: Body(z.object({ name: z.string() }).nullish()),
				response: Response,
			},
			({ response, ...values }) => {
				response.headers.set("x-nobody", "sees it");
				return values;
			},
		);
		const app = new App({ logger });
		await using scope = await app.scope();
		const values = await scope.get(all);
		assert.ok(values.paging instanceof Paging);
		assert.deepEqual(
			{ ...values, paging: values.paging.limit },
			{
				paging: 100,
				generated: "generated",
				q: null,
				token: undefined,
				filter: { page: 1 },
				item: null,
			},
		);
	});

	test("VIV_SCOPE: a parameter that must be there is named, with its dependency", async () => {
		const app = new App({ logger });
		await using scope = await app.scope();
		for (const [declaration, place] of [
			[z.int(), 'the query parameter "id"'],
			[Header(z.string()), 'the header parameter "id"'],
			[Path(z.int()), 'the path parameter "id"'],
			[Body(z.object({ name: z.string() })), 'the body parameter "id"'],
			[Query(z.object({ page: z.int() })), 'the query parameter "id"'],
		] as const) {
			const needy = dependency({ id: declaration }, () => 1, { name: "needy" });
			const user = dependency({ needy }, () => 2, { name: "user" });
			for (const refused of [
				() => scope.get(user),
				() => app.scope({ user }, () => {}),
			]) {
				await assert.rejects(refused, isScopeError(`"needy" needs the`, place));
			}
		}
	});

	test("VIV_SCOPE: a request is refused when it is read, not when it is asked for", async () => {
		const careful = dependency({ request: Request }, ({ request }) =>
			typeof request === "object" && !request.signal.aborted ? "not read" : "?",
		);
		const first = dependency(
			{ request: Request },
			({ request }) => request.path,
			{ name: "first" },
		);
		const second = dependency(
			{},
			(_values, request) => request.header("host"),
			{ name: "second" },
		);
		const app = new App({ logger });
		await using scope = await app.scope();
		assert.equal(await scope.get(careful), "not read");
		for (const [each, words] of [
			[first, '"first" reads request.path'],
			[second, '"second" reads request.header'],
		] as const) {
			for (const refused of [
				() => scope.get(each),
				() => app.scope({ each }, () => {}),
			]) {
				await assert.rejects(refused, isScopeError(words));
			}
		}
	});

	test("takes overrides, also of a part", async () => {
		const host = dependency({}, (_values, request) => request.header("host"));
		const greeting = dependency({ host }, ({ host }) => `hello ${host}`);
		const app = new App({ logger });
		app.overrides.set(
			host,
			dependency(() => "script"),
		);
		await using scope = await app.scope();
		assert.equal(await scope.get(greeting), "hello script");
	});

	test("that has been closed gives nothing any more", async () => {
		const app = new App({ logger });
		const scope = await app.scope();
		await scope.close();
		await scope.close();
		await assert.rejects(
			scope.get(dependency(() => 1, { name: "late" })),
			/VIV_SCOPE.*"late".*has been closed/,
		);
	});

	test("that is closed while something is being made leaves that too", async () => {
		const lines: string[] = [];
		const gate = Promise.withResolvers<void>();
		const slow = dependency(async function* () {
			await gate.promise;
			yield 1;
			lines.push("left");
		});
		const app = new App({ logger });
		const scope = await app.scope();
		const getting = scope.get(slow);
		const closing = scope.close();
		gate.resolve();
		await closing;
		assert.equal(await getting, 1);
		assert.deepEqual(lines, ["left"]);
	});
});

describe("a record and a function", () => {
	test("run as a request's plan does: in order, function scope first, then tasks, then request scope", async () => {
		const lines: string[] = [];
		const a = recorded("a", lines, "request");
		const b = recorded("b", lines, "function", { a });
		const app = new App({ logger });
		const given = await app.scope(
			{ b, tasks: BackgroundTasks, a },
			async ({ a, b, tasks }, { signal }) => {
				tasks.add(() => lines.push("task"));
				lines.push("work");
				return [a, b, signal.aborted];
			},
		);
		assert.deepEqual(given, ["a", "b", false]);
		assert.deepEqual(lines, [
			"a enters",
			"b enters",
			"work",
			"b leaves",
			"task",
			"a leaves",
		]);
	});

	test("run inside of what wraps them", async () => {
		const current = new AsyncLocalStorage<string>();
		const entered = dependency(() => "value", {
			scope: "function",
			around: (value, next) => current.run(value, next),
		});
		const later = dependency({ entered }, async () => current.getStore());
		const app = new App({ logger });
		const given = await app.scope({ later }, async ({ later }) => {
			await Promise.resolve();
			return [later, current.getStore()];
		});
		assert.deepEqual(given, ["value", "value"]);
		await using scope = await app.scope();
		await assert.rejects(
			scope.get(Depends(later, { useCache: false })),
			isScopeError("scope.get()", "wraps all that runs after it"),
		);
	});

	test("have defaults for parameters, overrides, classes, and each time a scope of their own", async () => {
		let count = 0;
		const counter = dependency(() => ++count);
		const host = dependency({}, (_values, request) => request.header("host"));
		const paging = dependency(
			{
				limit: z.int().default(10),
				filter: Query(z.object({ q: z.string().nullish() })),
			},
			(values) => values,
		);
		const app = new App({ logger });
		app.overrides.set(
			host,
			dependency(() => "first"),
		);
		const record = {
			counter,
			host,
			paging,
			again: counter,
			size: z.int().default(3),
		};
		const run = () => app.scope(record, (values) => values);
		assert.deepEqual(await run(), {
			counter: 1,
			again: 1,
			host: "first",
			paging: { limit: 10, filter: { q: null } },
			size: 3,
		});
		app.overrides.set(
			host,
			dependency(() => "second"),
		);
		const { counter: second, host: later } = await run();
		assert.deepEqual([second, later], [2, "second"]);
	});

	test("run at the same time, each with values of its own", async () => {
		const lines: string[] = [];
		const gate = Promise.withResolvers<void>();
		const a = recorded("a", lines, "request");
		const app = new App({ logger });
		const record = { a };
		const first = app.scope(record, () => gate.promise);
		await app.scope(record, () => {});
		gate.resolve();
		await first;
		assert.deepEqual(lines.filter((line) => line === "a leaves").length, 2);
	});

	test("VIV_SCOPE: what only a request has can't stand in the record", async () => {
		const app = new App({ logger });
		for (const declaration of [
			z.string(),
			Query(z.string()),
			Body(z.object({ name: z.string() })),
			Path(z.int()),
			Request,
			Response,
		]) {
			await assert.rejects(
				app.scope({ q: declaration } as never, () => {}),
				isScopeError('"q"', "app.scope() has none; name a dependency"),
			);
		}
	});

	test("VIV_SCOPE: a generator that the function gives would run when its scope was left", async () => {
		const lines: string[] = [];
		const a = recorded("a", lines, "request");
		const app = new App({ logger });
		await assert.rejects(
			app.scope({ a }, function* () {
				yield 1;
			}),
			isScopeError("gave a generator"),
		);
		assert.match(lines.at(-1) ?? "", /^a hears/);
	});

	test("VIV_DEPENDENCY: are both needed", async () => {
		const app = new App({ logger });
		await assert.rejects(
			app.scope((() => {}) as never, undefined as never),
			/VIV_DEPENDENCY: app.scope\(\): expected a record .* write app.scope\(/,
		);
	});
});

describe("an error", () => {
	test("of the function is thrown into the generators, innermost first; tasks do not run", async () => {
		const lines: string[] = [];
		const a = recorded("a", lines, "request");
		const b = recorded("b", lines, "function", { a });
		const tasks = dependency({ tasks: BackgroundTasks }, ({ tasks }) => tasks);
		const app = new App({ logger });
		await assert.rejects(
			app.scope({ b, tasks }, async ({ tasks }) => {
				tasks.add(() => lines.push("task"));
				throw new Error("no luck");
			}),
			/^Error: no luck$/,
		);
		assert.deepEqual(lines, [
			"a enters",
			"b enters",
			"b hears no luck",
			"a hears no luck",
		]);
	});

	test("told with fail() comes out once, also below `await using`", async () => {
		const lines: string[] = [];
		const a = recorded("a", lines, "request");
		const app = new App({ logger });
		await assert.rejects(async () => {
			await using scope = await app.scope();
			try {
				await scope.get(a);
				throw new Error("no luck");
			} catch (error) {
				await scope.fail(error);
			}
		}, /^Error: no luck$/);
		assert.deepEqual(lines, ["a enters", "a hears no luck"]);
	});

	test("may be turned into another by a generator", async () => {
		const turning = dependency(async function* () {
			try {
				yield 1;
			} catch (cause) {
				throw new Error("turned", { cause });
			}
		});
		const app = new App({ logger });
		await assert.rejects(
			app.scope({ turning }, () => {
				throw new Error("first");
			}),
			/^Error: turned$/,
		);
	});

	test("of a commit comes out, and the generators around it hear of it", async () => {
		const lines: string[] = [];
		const outer = recorded("outer", lines, "request");
		const session = dependency(
			{ outer },
			async function* () {
				yield 1;
				throw new Error("commit failed");
			},
			{ scope: "function" },
		);
		const app = new App({ logger });
		await assert.rejects(
			app.scope({ session }, ({ session }) => session),
			/commit failed/,
		);
		assert.deepEqual(lines, ["outer enters", "outer hears commit failed"]);
	});
});

describe("the app of a scope", () => {
	test("is started for it and stopped after the last, if nobody else has started it", async () => {
		const lines: string[] = [];
		const database = pool(lines);
		const app = new App({ logger, resources: [database] });
		for (let round = 0; round < 2; round++) {
			{
				await using first = await app.scope();
				await using second = await app.scope();
				assert.equal((await first.get(database)).query(), 42);
				assert.equal(await first.get(database), await second.get(database));
				lines.push("work");
			}
			assert.deepEqual(lines.splice(0), ["pool opens", "work", "pool closes"]);
		}
	});

	test("may be opened again at the moment in which the last scope closes", async () => {
		const lines: string[] = [];
		const database = pool(lines);
		const app = new App({ logger, resources: [database] });
		const first = await app.scope();
		const closing = first.close();
		const second = await app.scope();
		assert.equal((await second.get(database)).query(), 42);
		await Promise.all([closing, second.close()]);
		assert.equal(lines.at(-1), "pool closes");
	});

	test("that can't start says why, and may be tried again", async () => {
		let isUp = false;
		const database = dependency(
			() => {
				if (!isUp) {
					throw new Error("no database");
				}
				return "connected";
			},
			{ scope: "app", name: "database" },
		);
		const app = new App({ logger, resources: [database] });
		await assert.rejects(app.scope(), /"database" could not be acquired/);
		isUp = true;
		await using scope = await app.scope();
		assert.equal(await scope.get(database), "connected");
	});

	test("whose resource can't be released says so at the end", async () => {
		const database = dependency(
			async function* () {
				yield 1;
				throw new Error("still busy");
			},
			{ scope: "app", name: "database" },
		);
		const app = new App({ logger, resources: [database] });
		await assert.rejects(
			app.scope({ database }, ({ database }) => database),
			/"database" could not be released: still busy/,
		);
	});

	test("stays as it is when it runs already, and waits for the scope before it stops", async () => {
		const lines: string[] = [];
		const database = pool(lines);
		const app = new App({ logger, resources: [database] });
		await app.start();
		const scope = await app.scope();
		app.beginShutdown();
		assert.equal(scope.signal.reason, "shutdown");
		const drained = app.drain(60_000);
		assert.equal(await app.drain(1), false);
		assert.equal((await scope.get(database)).query(), 42);
		await scope.close();
		assert.equal(await drained, true);
		assert.deepEqual(lines, ["pool opens"]);
		await app.stop();
		assert.deepEqual(lines, ["pool opens", "pool closes"]);
		await assert.rejects(app.scope(), LifespanError);
	});

	test("keeps the app from a second start, which names what may have started it", async () => {
		const app = new App({ logger });
		await using _scope = await app.scope();
		await assert.rejects(
			app.start(),
			/VIV_LIFESPAN: the app has been started already: by another serve\(app\).*`await using`.*app\.scope\(\)/,
		);
	});

	test("names a resource that was not acquired, and what to do", async () => {
		const lines: string[] = [];
		const app = new App({ logger });
		await using scope = await app.scope();
		await assert.rejects(
			scope.get(pool(lines)),
			/VIV_LIFESPAN: "pool" \(app scope\) was not acquired.*resources/,
		);
	});
});

test("a scope that is being opened when the last work ends keeps the app's resources", async () => {
	const events: string[] = [];
	const pool = dependency(
		async function* pool() {
			yield "pool";
			events.push("released");
		},
		{ scope: "app" },
	);
	const app = new App({ logger });
	app.get("/", { pool }, ({ pool }) => pool);
	await app.start();
	const work = app.scope({ pool }, async () => {
		await Promise.resolve();
		events.push("worked");
	});
	assert.equal(await app.drain(5_000), true);
	await app.stop();
	await work;
	assert.deepEqual(events, ["worked", "released"]);
});
