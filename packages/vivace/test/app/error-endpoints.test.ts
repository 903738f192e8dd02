import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
	RequestValidationError,
	ResponseValidationError,
	requestValidationHandler,
} from "../../src/exceptions.ts";
import { App, JSONResponse, Router } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const thisFile = /test\/app\/error-endpoints\.test\.ts$/;

test("validation errors name the endpoint, its file and its line, for the log alone", async () => {
	const logged: unknown[] = [];
	const logger = {
		error: (...what: unknown[]) => void logged.push(...what),
		warn() {},
		info() {},
	};
	const caught: RequestValidationError[] = [];
	const sub = new App({ logger });
	const router = new Router({ prefix: "/items" });
	router.post(
		"/{id}",
		{ id: z.int(), item: z.object({ size: z.int() }) },
		function add_item({ id }) {
			return id;
		},
	);
	router.get({ path: "/", response: z.int() }, () => "none" as never);
	router.get({ path: "/all", response: z.int() }, async function* list_all() {
		yield "none" as never;
	});
	sub.include(router);
	sub.exceptionHandler(RequestValidationError, (request, error) => {
		caught.push(error);
		return requestValidationHandler(request, error);
	});
	const app = new App({ logger });
	app.mount("/shops/{shop}", sub);
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	const headers = { "content-type": "application/json" };
	const refused = await client.post("/shops/a/items/x", { json: {} });
	const broken = await client.post("/shops/a/items/1", { body: "{", headers });
	for (const response of [refused, broken]) {
		assert.equal(response.status, 422);
		assert.deepEqual(Object.keys((await response.json()) as object), [
			"detail",
		]);
	}
	assert.equal(caught.length, 2);
	for (const error of caught) {
		const { endpoint, message } = error;
		assert.ok(endpoint);
		assert.equal(endpoint.path, "POST /shops/{shop}/items/{id}");
		assert.equal(endpoint.function, "add_item");
		assert.match(endpoint.file ?? "", thisFile);
		assert.ok(Number(endpoint.line) > 20 && Number(endpoint.line) < 50);
		const { path, file, line } = endpoint;
		assert.ok(message.endsWith(`\n  in ${path}, add_item (${file}:${line})`));
	}
	assert.equal((await client.get("/shops/a/items/")).status, 500);
	const [error] = logged.filter(
		(each) => each instanceof ResponseValidationError,
	);
	assert.equal(error?.endpoint?.path, "GET /shops/{shop}/items/");
	assert.match(
		error?.message ?? "",
		/1 validation error in the response of GET \/items\/\n.*\n {2}in GET \/shops\/\{shop\}\/items\/ \(.*error-endpoints\.test\.ts:\d+\)$/,
	);
});

test("what a program makes or reads itself names none", async () => {
	const app = new App();
	app.post("/", async (_values, request) => request.json());
	app.exceptionHandler(
		RequestValidationError,
		(_request, error) => new JSONResponse([error.endpoint ?? null]),
	);
	await using client = await TestClient.start(app);
	const answer = await client.post("/", { body: "{" });
	assert.deepEqual(await answer.json(), [null]);
	assert.equal(new RequestValidationError([]).endpoint, undefined);
	assert.equal(
		new RequestValidationError([]).message,
		"0 validation errors in the request\n",
	);
});
