import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	HTMLResponse,
	JSONResponse,
	Response,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { tellingApp } from "../support/start-lines.ts";

const place = "\\(\\S*answer-doubts\\.test\\.ts:\\d+\\)";

/** The lines that an app writes while all of its routes are asked twice. */
async function linesOf(declare: (app: App) => void): Promise<string[]> {
	const { app, lines } = tellingApp();
	declare(app);
	await using client = await TestClient.start(app);
	for (const { path } of app.routes) {
		await client.get(path);
		await client.get(path);
	}
	return lines;
}

suite("a handler that returned nothing", () => {
	test("is told once, with its place and what to write", async () => {
		const lines = await linesOf((app) => {
			app.get("/a", () => {});
			app.get("/b", async () => undefined);
		});
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			new RegExp(
				`^GET /a ${place}: the handler returned nothing, so that the answer is null; write "return", give the route status 204, or return null if that is meant$`,
			),
		);
	});

	test("is not told where that is meant, or the answer has no body", async () => {
		const lines = await linesOf((app) => {
			app.get("/a", () => null);
			app.get({ path: "/b", status: 204 }, () => {});
			app.get({ path: "/c", response: z.null() }, () => null);
			app.get({ path: "/d", response: z.int().nullish() }, () => undefined);
			app.get("/e", { response: Response }, ({ response }) => {
				response.status = 204;
			});
			app.get({ path: "/f", responseClass: HTMLResponse }, () => undefined);
		});
		assert.deepEqual(lines, []);
	});
});

suite("the Response of a record", () => {
	test("is told where the handler returns another one, with what is lost", async () => {
		const lines = await linesOf((app) => {
			app.get("/a", { response: Response }, ({ response }) => {
				response.setCookie("a", "b");
				response.headers.set("x-a", "1");
				response.status = 201;
				return new JSONResponse({});
			});
			app.get("/b", { response: Response }, ({ response }) => {
				response.headers.set("x-b", "1");
				return globalThis.Response.json({});
			});
		});
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			new RegExp(
				`^GET /a ${place}: the handler returned a response of its own, .* is lost \\(set-cookie, x-a, the status\\); set it on the one that is returned$`,
			),
		);
		assert.match(lines[1] ?? "", /^GET \/b .* is lost \(x-b\);/);
	});

	test("is told where a name is set that it does not have", async () => {
		const lines = await linesOf((app) => {
			app.get("/", { response: Response }, ({ response }) => {
				Object.assign(response, { status_code: 201, cookies: {} });
				Object.assign(response.headers, { "x-a": "1" });
				return 1;
			});
		});
		assert.deepEqual(
			lines.map((line) => line.replace(/^.*?\): /, "")),
			[
				"response.status_code was set, which is no status; write response.status",
				"response.cookies was set, which is no part of an answer",
				'response.headers["x-a"] was set, which is no header; write response.headers.set("x-a", …)',
			],
		);
	});

	test("is told where a header is set when the answer is made", async () => {
		const record = { response: Response, tasks: BackgroundTasks };
		const lines = await linesOf((app) => {
			app.get("/", record, ({ response, tasks }) => {
				response.headers.set("x-a", "1");
				tasks.add(() => {
					assert.equal(response.headers.get("x-a"), "1");
					response.setCookie("late", "1");
				});
				return 1;
			});
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			new RegExp(
				`^GET / ${place}: a header was set on the Response of a record after the answer was made, and is not sent \\(set-cookie\\); `,
			),
		);
	});

	test("is not told where it is what is returned, or nothing is lost", async () => {
		const lines = await linesOf((app) => {
			app.get("/a", { response: Response }, ({ response }) => {
				response.headers.set("x-a", "1");
				return response;
			});
			app.get("/b", { response: Response }, () => new JSONResponse({}));
			app.get("/c", { response: Response }, ({ response }) => {
				response.headers.append("x-c", "1");
				return { c: 1 };
			});
		});
		assert.deepEqual(lines, []);
	});
});

test("a response within an answer is an error of the request", async () => {
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	app.get("/", () => ({ inner: new JSONResponse(1) }));
	await using client = await TestClient.start(app);
	await assert.rejects(
		client.get("/"),
		/^TypeError: A response can't stand within an answer, but that at "inner" is a JSONResponse; return it by itself\.$/,
	);
});

test("a generator that returns a value rather than yielding it is told", async () => {
	const lines = await linesOf((app) => {
		// biome-ignore lint/correctness/useYield: that is the mistake
		app.get("/a", async function* () {
			return { a: 1 };
		});
		app.get("/b", function* () {
			yield 1;
		});
	});
	assert.equal(lines.length, 1);
	assert.match(
		lines[0] ?? "",
		/^GET \/a .*: the handler is a generator that returned an object, which is not sent; yield it,/,
	);
});

test("a stream of the runtime's bytes is no stream of JSON", async () => {
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	app.get("/", () => new Blob(["a"]).stream());
	app.get("/lines", async function* () {
		yield new TextEncoder().encode("a");
	});
	const options = { throwServerErrors: true };
	await using client = await TestClient.start(app, options);
	await assert.rejects(
		client.get("/"),
		/GET \/: the handler returned a stream of bytes, .*; return new StreamingResponse\(stream\)/,
	);
	assert.equal(await (await client.get("/lines")).text(), '"a"\n'); // a generator of the program's says what it means
});
