import assert from "node:assert/strict";
import { test } from "node:test";
import {
	App,
	dependency,
	EventSourceResponse,
	StreamingResponse,
} from "../../src/index.ts";

/** An app that streams, and the lines of its log. */
function failingApp() {
	const lines: string[] = [];
	const logger = {
		info() {},
		warn() {},
		error: (message: unknown, error?: unknown) => {
			lines.push(`${message}: ${error}`);
		},
	};
	const app = new App({ logger });
	app.get("/text", () => {
		async function* letters() {
			yield "a";
			throw new Error("broken");
		}
		return new StreamingResponse(letters());
	});
	app.get("/events", () => {
		async function* events() {
			yield 1;
			throw new Error("broken");
		}
		return new EventSourceResponse(events());
	});
	app.get("/endless", () => {
		async function* letters() {
			for (;;) {
				yield "a";
			}
		}
		return new StreamingResponse(letters());
	});
	return { app, lines };
}

for (const path of ["/text", "/events"]) {
	test(`a body of ${path} that fails through app.fetch is told in the log`, async () => {
		const { app, lines } = failingApp();
		const response = await app.fetch(
			new Request(`http://a.example${path}?q=1`),
		);
		await assert.rejects(response.text(), /broken/);
		assert.deepEqual(lines, [
			`GET ${path}?q=1: the body failed while it was being sent: Error: broken`,
		]);
	});
}

test("a body that is cancelled through app.fetch is no failure", async () => {
	const { app, lines } = failingApp();
	const response = await app.fetch(new Request("http://a.example/endless"));
	const reader = response.body?.getReader();
	await reader?.read();
	await reader?.cancel();
	assert.deepEqual(lines, []);
});

test("a body that fails through app.fetch ends its request also where the log fails", async () => {
	const logger = {
		info() {},
		warn() {},
		error() {
			throw new Error("the disk is full");
		},
	};
	const left = Promise.withResolvers<void>();
	const held = dependency(function* () {
		try {
			yield 1;
		} finally {
			left.resolve();
		}
	});
	const app = new App({ logger });
	app.get("/text", { held }, () => {
		async function* letters() {
			yield "a";
			throw new Error("broken");
		}
		return new StreamingResponse(letters());
	});
	const response = await app.fetch(new Request("http://a.example/text"));
	await assert.rejects(response.text(), /broken/);
	await left.promise;
});
