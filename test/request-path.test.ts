import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { App, serve } from "vivace";
import { z } from "zod";
import {
	type EnteredFunctions,
	FunctionCounter,
} from "../bench/shared/entered-functions.ts";
import { sourceFolder } from "./source-files.ts";

// A reader who follows a request reads these; `npm run bench:path -- --verbose` names them. What needs more has its reason in its commit.
const limits = { get: 34, post: 72 };
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

	const get = await entered(() => fetch(`${address}/hello`));
	assert.ok(get.count > 0 && get.count <= limits.get, list(get));

	const order = { name: "chair", quantity: 4, secret: "margin" };
	const post = await entered(() =>
		fetch(`${address}/orders`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(order),
		}),
	);
	assert.ok(post.count > 0 && post.count <= limits.post, list(post));
});

async function entered(
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
	await counter.begin();
	await send();
	return await counter.end();
}

function list({ byFile, count }: EnteredFunctions): string {
	const lines = Array.from(
		byFile,
		([file, names]) => `${file.slice(sources.length + 1)}: ${names.join(", ")}`,
	);
	return [`${count} functions in ${byFile.size} files`, ...lines].join("\n");
}
