import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { App, dependency, serve } from "vivace";
import { z } from "zod";
import {
	type EnteredFunctions,
	FunctionCounter,
} from "../bench/shared/entered-functions.ts";
import { PromiseCounter } from "../bench/shared/made-promises.ts";
import { sourceFolder } from "./source-files.ts";

// A reader who follows a request reads these; `npm run bench:path -- --verbose` names them. What needs more has its reason in its commit.
const limits = { get: 32, post: 89 };
const warmUpCount = 100;

const Order = z.object({
	name: z.string(),
	quantity: z.int(),
	secret: z.string(),
});
const sources = pathToFileURL(sourceFolder).href;

test("a warm request enters few functions", async () => {
	const app = new App();
	app.get("/hello", () => ({ message: "hello" }));
	app.post(
		{ path: "/orders", response: Order.omit({ secret: true }) },
		{ order: Order },
		({ order }) => order,
	);
	const log = { info() {}, warn() {}, error: console.error };
	await using server = await serve(app, { port: 0, signals: false, log });
	const address = `http://127.0.0.1:${server.port}`;

	const get = await entered(limits.get, () => fetch(`${address}/hello`));
	assert.ok(get.count > 0 && get.count <= limits.get, list(get));

	const order = { name: "chair", quantity: 4, secret: "margin" };
	const post = await entered(limits.post, () =>
		fetch(`${address}/orders`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(order),
		}),
	);
	assert.ok(post.count > 0 && post.count <= limits.post, list(post));
});

test("a warm request makes few promises", async () => {
	const app = new App();
	app.get("/plain", () => ({ message: "hello" }));
	app.get("/async", async () => ({ message: "hello" }));
	app.post("/orders", { order: Order }, ({ order }) => order);
	const later = dependency(async () => 1);
	app.get("/later", { later }, ({ later }) => later);
	const left = dependency(function* () {
		yield 1;
	});
	app.get("/left", { left }, ({ left }) => left);
	const leftFirst = dependency(
		function* () {
			yield 1;
		},
		{ scope: "function" },
	);
	app.get("/left-first", { leftFirst }, ({ leftFirst }) => leftFirst);
	const leftLater = dependency(async function* () {
		yield 1;
	});
	app.get("/left-later", { leftLater }, ({ leftLater }) => leftLater);
	const log = { info() {}, warn() {}, error: console.error };
	await using server = await serve(app, { port: 0, signals: false, log });

	const order = { name: "chair", quantity: 4, secret: "margin" };
	const body = JSON.stringify(order);
	const headers = { "content-type": "application/json" };
	const most: Readonly<Record<string, readonly [number, RequestInit?]>> = {
		"/plain": [0],
		"/async": [3],
		"/orders": [3, { method: "POST", headers, body }],
		"/later": [3],
		"/left": [0],
		"/left-first": [0],
		"/left-later": [11],
	};
	for (const [path, [limit, init]] of Object.entries(most)) {
		const url = `http://127.0.0.1:${server.port}${path}`;
		const made = await promisesOf(() => fetch(url, init));
		const isCounted = limit === 0 || made.length > 0;
		assert.ok(
			isCounted && made.length <= limit,
			`${path}: ${made.length}\n${made.join("\n\n")}`,
		);
	}
});

async function promisesOf(
	ask: () => Promise<Response>,
): Promise<readonly string[]> {
	for (let count = 0; count < 3; count++) {
		await (await ask()).text();
	}
	const counter = new PromiseCounter((stack) => stack.includes(sources));
	counter.begin();
	const response = await ask();
	await response.text();
	return counter.end();
}

/** Functions of a warm request, or of one of four where they are more than the limit. */
async function entered(
	limit: number,
	ask: () => Promise<Response>,
): Promise<EnteredFunctions> {
	const send = async () => {
		const response = await ask();
		assert.equal(response.status, 200);
		await response.text();
	};
	for (let count = 0; count < warmUpCount; count++) {
		await send();
	}
	using counter = new FunctionCounter((file) => file.startsWith(sources));
	let found: EnteredFunctions;
	let count = 0;
	// a timer of the server may come in between: it looks for idle connections, and reads the date
	do {
		await counter.begin();
		await send();
		found = await counter.end();
	} while (found.count > limit && ++count < 4);
	return found;
}

function list({ byFile, count }: EnteredFunctions): string {
	const lines = Array.from(
		byFile,
		([file, names]) => `${file.slice(sources.length + 1)}: ${names.join(", ")}`,
	);
	return [`${count} functions in ${byFile.size} files`, ...lines].join("\n");
}
