import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	type Declarations,
	Depends,
	dependency,
	HTTPException,
	Path,
	Query,
	Router,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const handler = () => null;
/** As JavaScript may write it. */
const loose = () =>
	new App() as unknown as Record<string, (...given: unknown[]) => void>;

/** Declarations in the manner of others, and what is said of them. */
const told: Readonly<
	Record<string, readonly [declare: () => unknown, said: RegExp]>
> = {
	"a handler of Express": [
		() =>
			loose().get?.("/", (req: unknown, res: { send(body: unknown): void }) =>
				res.send(req),
			),
		/VIV_ROUTE: GET \/: the handler is written as \(req, res\) => …; write \(\{ id \}, request\) => answer/,
	],
	"a handler of Express as a function": [
		() =>
			loose().get?.(
				"/",
				async function list(_req: unknown, res: { send(): void }) {
					res.send();
				},
			),
		/written as \(_req, res\)/,
	],
	"a handler with next": [
		() =>
			loose().get?.("/", (_a: unknown, _b: unknown, next: () => void) =>
				next(),
			),
		/VIV_ROUTE: GET \/: the handler takes 3 parameters/,
	],
	"a handler of Hono": [
		() =>
			loose().get?.("/", (context: { json(body: unknown): void }) =>
				context.json({}),
			),
		/the handler is written as \(context\) => …/,
	],
	"a handler of Koa": [
		() => loose().get?.("/{id}", (ctx: { body: unknown }) => ctx.body),
		/the handler is written as \(ctx\) => …/,
	],
	"middleware of Express": [
		() => loose().use?.((_: unknown, __: unknown, next: () => void) => next()),
		/VIV_OPTION: app\.use\(\): "" takes 3 parameters; write \(request, next\) => response/,
	],
	"an error handler of Express": [
		() =>
			loose().exceptionHandler?.(
				Error,
				(err: unknown, _1: unknown, _2: unknown, _3: unknown) => err,
			),
		/VIV_OPTION: exceptionHandler\(\): the function takes 4 parameters; write \(request, error[^)]*\)/,
	],
	"an exception handler that begins with the error": [
		() => loose().exceptionHandler?.(Error, (error: unknown) => error),
		/the function is written as \(error\) => …/,
	],
	"middleware before the handler": [
		() => loose().get?.("/", handler, handler),
		/VIV_ROUTE: GET \/: expected a record of parameters before the handler, got the function "handler"; .*routeMiddleware/,
	],
	"options behind the handler": [
		() => loose().get?.("/", {}, handler, { status: 201 }),
		/got 4 arguments; options stand with the path: \{ path, status: 201 \}/,
	],
	"options in the record": [
		() => loose().get?.("/", { status: 201 }, handler),
		/"status" stands in the record of parameters but is an option; write it beside the path: \{ path: …, status: 201 \}/,
	],
	"one method for a list": [
		() => loose().route?.("GET", "/", handler),
		/VIV_ROUTE: route\(\): expected a list of methods such as \["GET", "HEAD"\] as first argument, got "GET"/,
	],
	"an app that is included": [
		() => new App().include(new App()),
		/VIV_ROUTE: include\(\): an App .*app\.mount\("\/path", app\)/,
	],
	"no options at all": [
		() => new App(null as never),
		/VIV_OPTION: App: expected a record of options, got null/,
	],
	"a status that no handler can be asked for": [
		() => new App().exceptionHandler(99, () => null as never),
		/VIV_OPTION: exceptionHandler\(\): a status must be .* got 99/,
	],
	"a bare function among the parameters": [
		() => loose().get?.("/", { pool: function connect() {} }, handler),
		/parameter "pool" is the function "connect"; .*; write dependency\(connect\) for what makes a value\./,
	],
	"a promise among the parameters": [
		() => loose().get?.("/", { user: Promise.resolve(1) }, handler),
		/parameter "user" is a promise \(name what makes it: dependency/,
	],
	"an object of schemas": [
		() => loose().post?.("/", { item: { name: z.string() } }, handler),
		/parameter "item" is an object of schemas \(write z\.object\(\{ … \}\)\)/,
	],
	"a schema that was not called": [
		() => loose().get?.("/", { q: z.string }, handler),
		/parameter "q" is the function "string" \(call it: string\(\)\)/,
	],
	"a function in Depends": [
		() => Depends(function connect() {} as never),
		/VIV_DEPENDENCY: Depends\(\): expected a dependency, got the function "connect"; make one with dependency\(connect\)/,
	],
	"humps for underscores": [
		() => loose().get?.("/items/{item_id}", { itemId: z.int() }, handler),
		/VIV_PARAMETER: GET \/items\/\{item_id\}: the path has \{item_id\}, which no parameter takes, and the parameter "itemId" is not in the path/,
	],
	"a letter too many": [
		() => loose().get?.("/{shelf}", { shelff: z.int() }, handler),
		/the path has \{shelf\}.*"shelff"/,
	],
	"Path() of nearly that name": [
		async () => {
			const app = new App();
			app.get("/{itemId}", { item_id: Path(z.int()) }, handler);
			await app.start();
		},
		/path parameter "item_id" is not in the path template; did you mean \{itemId\}\?/,
	],
};

for (const [what, [declare, said]] of Object.entries(told)) {
	test(`${what}: it is said what to write`, async () => {
		await assert.rejects(async () => declare(), said);
	});
}

suite("a path in another framework's form", () => {
	const paths: readonly (readonly [foreign: string, own: string])[] = [
		["/items/:id", "/items/{id}"],
		["/items/:id?", "/items/{id}"],
		["/items/:id(\\d+)/x", "/items/{id}/x"],
		["/:from-:to.json", "/{from}-{to}.json"],
		["/files/*", "/files/{rest:path}"],
		["/files/**", "/files/{rest:path}"],
		["/files/*path", "/files/{path:path}"],
		["/files/:path*", "/files/{path:path}"],
		["/items/[id]", "/items/{id}"],
		["/files/[...path]", "/files/{path:path}"],
		["/files/[[...path]]", "/files/{path:path}"],
		["/items/<id>", "/items/{id}"],
		["/items/<int:id>", "/items/{id:int}"],
	];
	for (const [foreign, own] of paths) {
		test(`${foreign} is ${own}`, () => {
			const said = {
				code: "VIV_PATH",
				message: new RegExp(
					`"${RegExp.escape(foreign)}" .*; write "${RegExp.escape(own)}"`,
				),
			};
			assert.throws(() => new App().get(foreign, handler), said);
			assert.throws(() => new Router({ prefix: foreign }), said);
		});
	}

	test("{*rest} is {rest:path}", () => {
		for (const path of ["/{*rest}", "/{...rest}", "/{rest*}"]) {
			assert.throws(
				() => new App().get(path, handler),
				/write "\{rest:path\}" for the rest of the path/,
			);
		}
	});
});

/** A context of Hono, as its handlers use it. */
interface HonoContext {
	json(body: unknown): unknown;
	text(body: string): unknown;
	readonly req: { param(name: string): string };
	readonly inner: { json(): unknown };
}

suite("a handler of Hono, whose parameter has a name as any other", () => {
	const used: Readonly<
		Record<
			string,
			readonly [handler: (c: HonoContext) => unknown, said: RegExp]
		>
	> = {
		"an answer": [(c) => c.json({}), /the handler uses c\.json, as Hono's/],
		"an answer of an async one": [
			async (c) => c.text("a"),
			/the handler uses c\.text/,
		],
		"its request": [(c) => c.req.param("id"), /the handler uses c\.req/],
	};
	for (const [what, [handler, said]] of Object.entries(used)) {
		for (const params of [{}, { q: z.string().optional() }]) {
			test(`${what} with ${Object.keys(params).length} parameters: the error says what to write, at its line`, async () => {
				const error = await failureOf(handler, params);
				assert.match(error.message, /^VIV_ROUTE: GET \/\{id\}: /);
				assert.match(error.message, said);
				assert.match(error.message, /write \(\{ id \}, request\) => answer\.$/);
				const [, first] = (error.stack ?? "").split("\n");
				assert.match(first ?? "", /other-frameworks\.test\.ts:\d+/);
			});
		}
	}

	test("an error that only looks like it stays as it is", async () => {
		const none = {} as { json(): unknown; text(): unknown };
		const others: readonly ((c: HonoContext) => unknown)[] = [
			(c) => c.inner.json(),
			() => none.json(),
			(e) => [none].map((c) => c.text()).concat(e), // a minifier may hide the parameter so
		];
		for (const handler of others) {
			const error = await failureOf(handler, {});
			assert.equal(error.constructor, TypeError, error.message);
		}
	});

	test("a record that has such a member is a record", async () => {
		const json = dependency(() => () => ({ ok: true }));
		const app = new App();
		app.get("/", { json }, (c) => c.json());
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), { ok: true });
	});
});

/** The error of a request to a handler, as JavaScript may write it. */
async function failureOf(
	handler: (c: HonoContext) => unknown,
	params: Declarations,
): Promise<Error> {
	const app = new App();
	app.get("/{id}", params, handler as never);
	await using client = await TestClient.start(app);
	return client.get("/1").then(
		() => assert.fail("it was answered"),
		(error) => error,
	);
}

test("what only looks like it is left alone", () => {
	const app = new App();
	app.get("/v1/{id}:cancel", handler);
	app.get("/a*b/[1]/c:d/<>", handler);
	app.get("/c", ({ c }: { readonly c?: 1 }) => c);
	app.get("/minified", ((c: unknown) => c) as never);
	app.get("/request", (_: unknown, request) => request.method);
	app.get("/years/{year1}", { year2: z.int() }, handler);
	app.get("/users/{user}", { users: z.int() }, handler);
	app.get("/id/{id}", { ids: Query(z.int()) }, handler);
	app.get("/other/{item_id}", { itemId: Query(z.int()) }, handler);
	app.openapi();
});

test("a name that a dependency takes is taken", () => {
	const item = dependency({ item_id: z.int() }, ({ item_id }) => item_id);
	new App().get("/{item_id}", { itemId: z.int(), item }, handler);
});

test("a class that was bound is made like any other", async () => {
	class Clock {
		readonly now = 5;
	}
	const made = Clock.bind(null) as unknown as typeof Clock;
	const app = new App();
	app.get("/", { clock: dependency(made) }, ({ clock }) => clock.now);
	app.get("/other", { other: dependency(failing.bind(null)) }, handler);
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	assert.equal(await (await client.get("/")).json(), 5);
	assert.equal(await (await client.get("/")).json(), 5);
	assert.equal((await client.get("/other")).status, 500);
	assert.equal(calls, 1);
});

let calls = 0;
function failing() {
	calls++;
	return (class Inner {} as unknown as () => void)();
}

suite("an error that is returned", () => {
	test("is no answer, and no refusal that lets everybody pass", async () => {
		const errors: unknown[] = [];
		const app = new App({
			logger: { info() {}, warn() {}, error: (_, error) => errors.push(error) },
		});
		const guard = dependency(async function guard() {
			return new HTTPException(401);
		});
		app.get("/handler", () => new HTTPException(404));
		app.get("/error", () => new RangeError("far off"));
		app.get({ path: "/guard", dependencies: [guard] }, () => "secret");
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		for (const path of ["/handler", "/error", "/guard"]) {
			const response = await client.get(path);
			assert.equal(response.status, 500);
			assert.equal(await response.text(), "Internal Server Error");
		}
		assert.deepEqual(errors.map(String), [
			"TypeError: GET /handler: the handler returned an HTTPException; throw it.",
			"TypeError: GET /error: the handler returned a RangeError; throw it.",
			'TypeError: dependency "guard" returned an HTTPException; throw it.',
		]);
	});
});

test("a value that a status without a body can't send is told once", async () => {
	const lines: string[] = [];
	const app = new App({
		logger: { info() {}, error() {}, warn: (line: string) => lines.push(line) },
	});
	app.delete({ path: "/value", status: 204 }, () => ({ deleted: 1 }));
	app.delete({ path: "/none", status: 204 }, () => undefined);
	await using client = await TestClient.start(app);
	for (const path of ["/value", "/value", "/none"]) {
		const response = await client.delete(path);
		assert.equal(response.status, 204);
		assert.equal(await response.text(), "");
	}
	assert.deepEqual(lines, [
		"DELETE /value: the handler returned a value, but a 204 answer has no body; return nothing, or give the path operation another status",
	]);
});
