import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	dependency,
	HTTPException,
	JSONResponse,
	serve,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const here = "\\S*told-places\\.test\\.ts:\\d+";
const quiet = { info() {}, warn() {}, error() {} };

suite("a mistake names its line", () => {
	test("in the options of serve", async () => {
		const options = { prot: 80, exit: false } as object;
		await assert.rejects(serve(new App(), options), {
			message:
				'VIV_OPTION: serve: there is no option "prot"; did you mean "port"?',
		});
		const { describeFailure } = await import(
			"../../src/server/lifecycle/failure-text.ts"
		);
		const error = await serve(new App(), options).catch((thrown) => thrown);
		assert.match(
			describeFailure(error),
			new RegExp(`did you mean "port"\\? \\(${here}\\)$`),
		);
	});

	test("once, where a resource can't be acquired for a package that is missing", async () => {
		const { describeFailure } = await import(
			"../../src/server/lifecycle/failure-text.ts"
		);
		const driver = dependency(
			() => {
				const cause = new Error("Cannot find package 'pg'");
				throw new Error("it needs pg: npm install pg.", { cause });
			},
			{ scope: "app", name: "driver", optional: false },
		);
		const app = new App({ resources: [driver], logger: quiet });
		const error = await serve(app, { port: 0, exit: false }).catch(
			(thrown) => thrown,
		);
		const [line = ""] = describeFailure(error).split("\n");
		assert.equal(line.match(/npm install pg/g)?.length, 1, line);
		assert.match(line, /: Cannot find package 'pg'$/);
	});

	test("where an override is needed by nothing", async () => {
		const one = dependency(() => 1, { name: "one" });
		const app = new App();
		app.overrides.set(
			one,
			dependency(() => 2),
		);
		await assert.rejects(TestClient.start(app), (error: Error) => {
			assert.match(error.message, /^VIV_DEPENDENCY: overrides\.set\("one"/);
			assert.match(error.stack ?? "", /told-places\.test\.ts:58/);
			return true;
		});
	});

	test("where an exception handler gives no response", async () => {
		const app = new App({ logger: quiet });
		app.exceptionHandler(HTTPException, (() => ({ a: 1 })) as never);
		const options = { throwServerErrors: true };
		await using client = await TestClient.start(app, options);
		await assert.rejects(
			client.get("/"),
			new RegExp(
				`an exception handler must return a Response, but that for HTTPException \\(${here}\\) returned an object for HTTPException; write new JSONResponse\\(…, \\{ status \\}\\)`,
			),
		);
	});
});

const mistakes: readonly (readonly [words: string, make: () => unknown])[] = [
	[
		'The status of an HTTPException must be a whole number from 200 to 599, got "Not found"; it is the other way round: new HTTPException(404, "Not found").',
		() => new HTTPException("Not found" as never, 404),
	],
	[
		'The status of an HTTPException must be a whole number from 200 to 599, got an object; write new HTTPException(404, "Not found").',
		() => new HTTPException({ status: 404 } as never),
	],
	[
		"VIV_OPTION: new TestClient(): the app must be started first; write await TestClient.start(app).",
		() => new (TestClient as never as new (app: App) => object)(new App()),
	],
	[
		'parameter "q" is a JSON Schema, with "type" (write a schema of a library, such as z.string());',
		() => new App().get("/", { q: { type: "string" } } as never, () => 1),
	],
	[
		'parameter "q" is the class "Response" of the runtime (write import { Response } from "vivace");',
		() => new App().get("/", { q: globalThis.Response } as never, () => 1),
	],
	[
		'parameter "q" is an object; expected a schema, Path(), Query(), Header(), Cookie(), Body(), Form(), File(), a dependency or a class that Vivace knows; a value that is there already is used without being declared, or given by dependency(() => value).',
		() => new App().get("/", { q: { url: "a" } } as never, () => 1),
	],
	[
		'parameter "q" is the function "find"; expected',
		() => new App().get("/", { q: function find() {} } as never, () => 1),
	],
];

for (const [words, make] of mistakes) {
	test(words, () => {
		assert.throws(make, (error: Error) => error.message.includes(words));
	});
}

test("an app of which overrides or the document are set as elsewhere does not start", async () => {
	const one = dependency(() => 1, { name: "one" });
	const overridden = new App();
	overridden.get("/", { one }, ({ one }) => one);
	Object.assign(overridden.overrides, { one: () => 2 });
	await assert.rejects(
		TestClient.start(overridden),
		/VIV_DEPENDENCY: overrides\["one"\] was set, which overrides nothing; write overrides\.set\(/,
	);
	const documented = new App();
	documented.get("/", { q: z.int() }, ({ q }) => new JSONResponse(q));
	Object.assign(documented, { openapi: {} });
	await assert.rejects(
		TestClient.start(documented),
		/VIV_OPTION: App: app\.openapi must be a function, got an object\./,
	);
});
