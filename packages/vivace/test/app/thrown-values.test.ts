import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { App } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const stackless =
	"unhandled, and no Error, so that it has no stack (throw an Error instead):";

const thrown: readonly (readonly [
	name: string,
	value: unknown,
	said: string,
])[] = [
	["a text", "nope", stackless],
	["null", null, stackless],
	["undefined", undefined, stackless],
	["an object", { code: 7 }, stackless],
	["an error", new Error("nope"), "unhandled"],
	["an error of another realm", runInNewContext("Error()"), "unhandled"],
];

for (const [name, value, said] of thrown) {
	test(`${name} that a handler throws is logged`, async () => {
		const told: unknown[][] = [];
		const error = (...parts: unknown[]) => told.push(parts);
		const app = new App({ logger: { error, info() {}, warn() {} } });
		app.get("/", () => {
			throw value;
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		assert.equal((await client.get("/")).status, 500);
		assert.deepEqual(told, [[`GET /: ${said}`, value]]);
	});

	test(`${name} that a socket's handler throws is logged`, async () => {
		const told: unknown[][] = [];
		const error = (...parts: unknown[]) => told.push(parts);
		const app = new App({ logger: { error, info() {}, warn() {} } });
		app.websocket("/", () => {
			throw value;
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		await assert.rejects(async () => {
			await using _socket = await client.websocket("/");
		});
		const [[text, last] = []] = told;
		const ofError = said === "unhandled";
		assert.equal(String(text).endsWith(stackless), !ofError, String(text));
		assert.equal(last, value);
	});
}
