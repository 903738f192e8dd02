import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import {
	App,
	BackgroundTasks,
	dependency,
	HTTPException,
	Router,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { throwServerErrors: false };

/** A logger that keeps what it is told of errors. */
function keptErrors() {
	const errors: string[] = [];
	return {
		errors,
		logger: {
			error: (message: string, error?: unknown) =>
				void errors.push(`${message}: ${error}`),
			warn() {},
			info() {},
		},
	};
}

/** Something that is open between set-up and clean-up of its scope. */
function session(scope: "function" | "request") {
	return dependency(
		function* () {
			const opened = { isOpen: true };
			yield opened;
			opened.isOpen = false;
		},
		{ scope },
	);
}

describe("while a response streams", () => {
	test("request scope is open and function scope is not", async () => {
		const app = new App();
		app.get(
			"/",
			{ inFunction: session("function"), inRequest: session("request") },
			({ inFunction, inRequest }) => {
				function* states() {
					yield JSON.stringify([inFunction.isOpen, inRequest.isOpen]);
				}
				return new StreamingResponse(states());
			},
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), [false, true]);
	});

	test("a plain value in function scope's care is as closed as that", async () => {
		const inner = session("function");
		const named = dependency({ inner }, ({ inner }) => inner, {
			scope: "function",
		});
		const app = new App();
		app.get("/", { named }, ({ named }) => {
			function* states() {
				yield String(named.isOpen);
			}
			return new StreamingResponse(states());
		});
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "false");
	});

	test("all items come though the session closes afterwards", async () => {
		const opened = session("request");
		const app = new App();
		app.get("/", { opened }, ({ opened }) => {
			async function* items() {
				for (const item of ["foo", "bar", "baz"]) {
					assert.ok(opened.isOpen);
					yield item;
				}
			}
			return new StreamingResponse(items());
		});
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "foobarbaz");
	});

	test("the status has left when the stream fails, and request scope hears of it", async () => {
		const { logger } = keptErrors();
		const heard: string[] = [];
		const opened = dependency(async function* () {
			try {
				yield;
			} catch (error) {
				heard.push((error as Error).message);
				throw error;
			}
		});
		const app = new App({ logger });
		app.get("/", { opened }, () => {
			function* broken() {
				yield "first";
				throw new Error("session closed");
			}
			return new StreamingResponse(broken());
		});
		await app.start();
		const response = await app.fetch(new Request("http://testserver/"));
		assert.equal(response.status, 200);
		await assert.rejects(response.text());
		await app.drain(1_000);
		await app.stop();
		assert.deepEqual(heard, ["session closed"]);
	});
});

describe("what is thrown after yield", () => {
	const failing = (scope: "function" | "request") =>
		dependency(
			async function* () {
				yield;
				throw new HTTPException(503, "Exception after yield");
			},
			{ scope },
		);
	const outcomes = [
		{ scope: "function", status: 503, logged: 0 },
		{ scope: "request", status: 200, logged: 1 },
	] as const;

	for (const { scope, status, logged } of outcomes) {
		test(`in ${scope} scope leaves ${status}, wherever the dependency stands`, async () => {
			const { errors, logger } = keptErrors();
			const router = new Router();
			router.get("/", () => "ok");
			const app = new App({ logger });
			app.get("/own", { failing: failing(scope) }, () => "ok");
			app.include(router, {
				prefix: "/router",
				dependencies: [failing(scope)],
			});
			const whole = new App({ logger, dependencies: [failing(scope)] });
			whole.get("/", () => "ok");
			await using client = await TestClient.start(app, quiet);
			await using wholeClient = await TestClient.start(whole, quiet);
			for (const response of [
				await client.get("/own"),
				await client.get("/router/"),
				await wholeClient.get("/"),
			]) {
				assert.equal(response.status, status);
			}
			assert.equal(errors.length, 3 * logged);
		});
	}
});

describe("what the handler throws", () => {
	class KnownError extends Error {}

	/** A dependency that catches one class of errors and throws it on; its other lines say what has happened. */
	function catching(lines: string[], form: "sync" | "async") {
		function* sync() {
			try {
				yield "started";
			} catch (error) {
				if (error instanceof KnownError) {
					lines.push("known");
				}
				throw error;
			} finally {
				lines.push("cleaned up");
			}
		}
		async function* later() {
			yield* sync();
		}
		return form === "sync" ? dependency(sync) : dependency(later);
	}

	for (const form of ["sync", "async"] as const) {
		test(`reaches a ${form} generator as it is, which cleans up in any case`, async () => {
			const { logger } = keptErrors();
			const lines: string[] = [];
			const caught = catching(lines, form);
			const app = new App({ logger });
			app.get("/known", { caught }, () => {
				throw new KnownError();
			});
			app.get("/other", { caught }, async () => {
				throw new TypeError();
			});
			await using client = await TestClient.start(app);
			await assert.rejects(client.get("/known"), KnownError);
			assert.deepEqual(lines.splice(0), ["known", "cleaned up"]);
			await assert.rejects(client.get("/other"), TypeError);
			assert.deepEqual(lines, ["cleaned up"]);
		});
	}

	test("keeps a transaction from being stored, an HTTPException too", async () => {
		const stored = new Map([["rick", "Rick Sanchez"]]);
		const database = dependency(async function* () {
			const draft = new Map(stored);
			yield draft;
			for (const [key, value] of draft) {
				stored.set(key, value);
			}
		});
		const app = new App();
		app.put("/invalid/{id}", { database }, ({ id, database }) => {
			database.set(id, "Morty");
			throw new HTTPException(400, "Invalid user");
		});
		app.put("/{id}", { database }, ({ id, database }) => {
			database.set(id, "Morty");
			return "ok";
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.put("/invalid/rick")).status, 400);
		assert.equal(stored.get("rick"), "Rick Sanchez");
		assert.equal((await client.put("/rick")).status, 200);
		assert.equal(stored.get("rick"), "Morty");
	});

	test("leaves by way of the inner dependency first, then the outer", async () => {
		const { logger } = keptErrors();
		const lines: string[] = [];
		const a = dependency(async function* () {
			try {
				yield;
			} finally {
				lines.push("a");
			}
		});
		const b = dependency({ a }, async function* () {
			try {
				yield;
			} finally {
				lines.push("b");
			}
		});
		const app = new App({ logger });
		app.get("/", { b }, () => {
			throw new Error("any");
		});
		await using client = await TestClient.start(app, quiet);
		assert.equal((await client.get("/")).status, 500);
		assert.deepEqual(lines, ["b", "a"]);
	});
});

describe("a dependency's set-up that fails", () => {
	test("is answered by the exception handlers, and what was entered before is left", async () => {
		const lines: string[] = [];
		const outer = dependency(async function* () {
			try {
				yield;
			} catch (error) {
				lines.push(`outer hears ${(error as Error).message}`);
				throw error;
			}
		});
		const broken = dependency({ outer }, (): string => {
			throw new RangeError("no session");
		});
		const app = new App();
		app.exceptionHandler(
			RangeError,
			(_request, error) =>
				new globalThis.Response(error.message, { status: 418 }),
		);
		app.get("/", { broken }, () => "never");
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 418);
		assert.equal(await response.text(), "no session");
		assert.deepEqual(lines, ["outer hears no session"]);
	});
});

describe("an async context", () => {
	test("that a dependency enters is seen by the handler and by its own clean-up", async () => {
		const user = new AsyncLocalStorage<string>();
		const seen: unknown[] = [];
		const forms = {
			generator: dependency(function* () {
				user.enterWith("deadpond");
				yield;
				seen.push(user.getStore());
			}),
			asyncGenerator: dependency(async function* () {
				user.enterWith("deadpond");
				yield;
				seen.push(user.getStore());
			}),
		};
		const app = new App();
		app.use(async (request, next) => {
			const response = await next(request);
			response.headers.set("custom", "foo");
			return response;
		});
		for (const [name, entered] of Object.entries(forms)) {
			app.get({ path: `/${name}`, dependencies: [entered] }, () =>
				user.getStore(),
			);
		}
		await using client = await TestClient.start(app);
		for (const name of Object.keys(forms)) {
			const response = await client.get(`/${name}`);
			assert.equal(await response.json(), "deadpond", name);
			assert.equal(response.headers.get("custom"), "foo");
		}
		assert.deepEqual(seen, ["deadpond", "deadpond"]);
	});

	test("of one request is not that of another at the same time", async () => {
		const id = new AsyncLocalStorage<string>();
		const entered = dependency({}, function* (_values, request) {
			id.enterWith(request.queryText("id") ?? "");
			yield;
		});
		const { promise: bothIn, resolve } = Promise.withResolvers<void>();
		let count = 0;
		const app = new App();
		app.get({ path: "/", dependencies: [entered] }, async () => {
			if (++count === 2) {
				resolve();
			}
			await bothIn;
			return id.getStore();
		});
		await using client = await TestClient.start(app);
		const answers = await Promise.all(
			["a", "b"].map(async (each) => (await client.get(`/?id=${each}`)).json()),
		);
		assert.deepEqual(answers, ["a", "b"]);
	});
});

test("background tasks see request scope open, and it is left after them", async () => {
	const lines: string[] = [];
	const opened = session("request");
	const app = new App();
	const kept: { isOpen: boolean }[] = [];
	app.get("/", { opened, tasks: BackgroundTasks }, ({ opened, tasks }) => {
		kept.push(opened);
		tasks.add(() => lines.push(`in the task: ${opened.isOpen}`));
		return "ok";
	});
	await using client = await TestClient.start(app);
	await client.get("/");
	assert.deepEqual(lines, ["in the task: true"]);
	assert.deepEqual(kept, [{ isOpen: false }]);
});

test("background tasks that function scope adds as it is left run too", async () => {
	const lines: string[] = [];
	const forms = {
		sync: dependency(
			{ tasks: BackgroundTasks },
			function* ({ tasks }) {
				yield;
				tasks.add(() => lines.push("sync"));
			},
			{ scope: "function" },
		),
		later: dependency(
			{ tasks: BackgroundTasks },
			async function* ({ tasks }) {
				yield;
				tasks.add(() => lines.push("later"));
			},
			{ scope: "function" },
		),
	};
	const app = new App();
	for (const [name, form] of Object.entries(forms)) {
		app.get({ path: `/${name}`, dependencies: [form] }, () => name);
	}
	await using client = await TestClient.start(app);
	await client.get("/sync");
	await client.get("/later");
	assert.deepEqual(lines, ["sync", "later"]);
});
