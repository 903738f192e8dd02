import assert from "node:assert/strict";
import { test } from "node:test";
import { withAnswers } from "../../src/http/app-port.ts";
import { App } from "../../src/index.ts";

test("an app with something around its answers is the same app otherwise", async () => {
	const app = new App({ docsUrl: "/help" });
	app.mount("/old", (_: unknown, response: { end(): void }) => response.end());
	const wrapped = withAnswers(app, () => (answer) => answer);
	assert.equal(wrapped.documentationPath, "/help");
	assert.equal(app.hasNodeHandlers, true);
	assert.equal(wrapped.hasNodeHandlers, true);
	await wrapped.start();
	wrapped.beginShutdown();
	assert.equal(app.isShuttingDown, true);
	assert.equal(await wrapped.drain(0), true);
	assert.deepEqual((await wrapped.stop()).errors, []);
});
