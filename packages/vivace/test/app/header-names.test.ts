import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, Header, serve } from "../../src/index.ts";

test("a header is found over a socket, however its alias and its sender write it", async () => {
	const app = new App();
	app.get(
		"/",
		{ key: Header(z.string().optional(), { alias: "Idempotency-Key" }) },
		({ key }) => ({ key }),
	);
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: { ...console, info: () => undefined },
	});
	for (const name of ["Idempotency-Key", "idempotency-key"]) {
		const response = await fetch(server.url, { headers: { [name]: "k1" } });
		assert.deepEqual(await response.json(), { key: "k1" });
	}
});
