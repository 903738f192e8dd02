import assert from "node:assert/strict";
import { test } from "node:test";
import { App, BackgroundTasks, type Request, serve } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { LogLines } from "./port-app.ts";

/** An app that does something with a request after its end, and hands over what came of it. */
function lateApp(read: (request: Request) => unknown, isRead = false) {
	const { promise, resolve } = Promise.withResolvers<string>();
	const over = Promise.withResolvers<void>();
	const app = new App();
	app.post("/", async (_values, request) => {
		if (isRead) {
			await read(request);
		}
		const later = async () => {
			await over.promise;
			try {
				resolve(String(await read(request)));
			} catch (error) {
				resolve(String(error));
			}
		};
		void later();
		return "sent";
	});
	return { app, late: promise, end: () => over.resolve() };
}

/** The outcome of a read after the response of a server has come. */
async function lateOn(
	{ app, late, end }: ReturnType<typeof lateApp>,
	headers: Record<string, string> = {},
): Promise<string> {
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
	});
	const asked = {
		method: "POST",
		body: "hello",
		headers: { ...headers, connection: "close" },
	};
	await (await fetch(server.url, asked)).text();
	end();
	return await late;
}

const isDiscarded = /^TypeError: The request body is gone: the response has/;

/** The headers are asked for before the body. */
const isOver = /^TypeError: The request (?:body is gone|is over, and this)/;

for (const [name, read] of [
	["bytes()", (request: Request) => request.bytes()],
	["text()", (request: Request) => request.text()],
	["form()", (request: Request) => request.form()],
	["stream()", (request: Request) => request.stream().next()],
	["toWeb()", (request: Request) => request.toWeb().text()],
] as const) {
	test(`${name} after the end of the request is an error, not an empty body`, async () => {
		const type = "application/x-www-form-urlencoded";
		const outcome = await lateOn(lateApp(read), { "content-type": type });
		assert.match(outcome, isOver);
	});
}

test("a body that was read before is there after the end", async () => {
	const read = (request: Request) => request.text();
	assert.equal(await lateOn(lateApp(read, true)), "hello");
});

test("the test client keeps a body no longer than a server", async () => {
	const { app, late, end } = lateApp((request) => request.text());
	await using client = await TestClient.start(app);
	await client.post("/", { body: "hello" });
	end();
	assert.match(await late, isDiscarded);
});

test("a background task that reads the body first is told", async () => {
	const { promise, resolve } = Promise.withResolvers<unknown>();
	const app = new App();
	app.post("/", { tasks: BackgroundTasks }, ({ tasks }, request) => {
		tasks.add(() => request.text().catch(resolve));
		return "sent";
	});
	await using client = await TestClient.start(app);
	await client.post("/", { body: "hello" });
	assert.match(String(await promise), isDiscarded);
});

for (const [name, read] of [
	["headers", (request: Request) => request.headers.get("x-name")],
	["header()", (request: Request) => request.header("x-name")],
] as const) {
	test(`${name} of a request that is over is right, or an error`, async () => {
		const outcome = await lateOn(lateApp(read), { "x-name": "ada" });
		const isNative = "Bun" in globalThis || "Deno" in globalThis;
		assert.match(
			outcome,
			isNative ? /^TypeError: The request is over, and this runtime/ : /^ada$/,
		);
	});

	test(`${name} of a request that is over is there where it was read before`, async () => {
		const outcome = await lateOn(lateApp(read, true), { "x-name": "ada" });
		assert.equal(outcome, "ada");
	});
}
