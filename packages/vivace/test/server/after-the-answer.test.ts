import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import {
	App,
	BackgroundTasks,
	dependency,
	FileResponse,
	serve,
} from "../../src/index.ts";
import { LogLines } from "./port-app.ts";

/** The facts of a request that are still known. */
type Facts = readonly [client: string | undefined, header: string | null];

/** A dependency that hands over what it knows of its request when the answer has left. */
function serveFacts(told: (facts: Facts) => void) {
	const late = dependency(
		async function* (_values, request) {
			yield;
			await new Promise((resolve) => setTimeout(resolve, 50)); // the runtime has forgotten it by then
			told([request.client?.host, request.headers.get("x-name")]);
		},
		{ scope: "request" },
	);
	const app = new App({ dependencies: [late] });
	app.get("/text", () => "text");
	app.get("/later", async () => {
		await new Promise((resolve) => setImmediate(resolve));
		return "later";
	});
	app.get("/file", () => new FileResponse(import.meta.filename));
	app.get("/stream", async function* () {
		yield "a";
		yield "b";
	});
	return serve(app, { port: 0, signals: false, log: new LogLines() });
}

for (const path of ["/text", "/later", "/file", "/stream"]) {
	test(`what is released after ${path} still knows the client and its headers`, async () => {
		const { promise, resolve } = Promise.withResolvers<Facts>();
		await using server = await serveFacts(resolve);
		const response = await fetch(server.url + path, {
			headers: { "x-name": "it", connection: "close" },
		});
		await response.text();
		assert.deepEqual(await promise, ["127.0.0.1", "it"]);
	});
}

test("the log of requests knows the client and the request's id, whatever the answer", async () => {
	const entries: unknown[] = [];
	const told = Promise.withResolvers<void>();
	const app = new App();
	app.get("/", () => "text");
	app.get("/stream", async function* () {
		yield "a";
	});
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
		requestLog: ({ client, requestId }) => {
			entries.push([client, requestId]);
			if (entries.length === 3) {
				told.resolve();
			}
		},
	});
	for (const path of ["/", "/stream", "/nowhere"]) {
		const headers = { "x-request-id": path, connection: "close" };
		await (await fetch(server.url + path, { headers })).text();
	}
	await told.promise;
	assert.deepEqual(entries, [
		["127.0.0.1", "/"],
		["127.0.0.1", "/stream"],
		["127.0.0.1", "/nowhere"],
	]);
});

test("what runs at the end runs in the async context of its request, also where several end together", async () => {
	const storage = new AsyncLocalStorage<string>();
	const seen: string[] = [];
	const told = Promise.withResolvers<void>();
	const tell = (which: string, path: string) => {
		seen.push(`${which} of ${path} in ${storage.getStore()}`);
		if (seen.length === paths.length * 2) {
			told.resolve();
		}
	};
	const paths = ["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"];
	const app = new App();
	app.get("/{id}", { tasks: BackgroundTasks }, ({ tasks }, request) => {
		storage.enterWith(request.path);
		tasks.add(() => tell("task", request.path));
		request.whenSettled(() => tell("end", request.path));
		return "text";
	});
	const log = new LogLines();
	await using server = await serve(app, { port: 0, signals: false, log });
	await Promise.all(
		paths.map(async (path) => (await fetch(server.url + path)).text()),
	);
	await told.promise;
	assert.deepEqual(
		seen.toSorted(),
		["end", "task"].flatMap((which) =>
			paths.map((path) => `${which} of ${path} in ${path}`),
		),
	);
});
