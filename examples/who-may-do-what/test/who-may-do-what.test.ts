import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../app.ts";

const orders = 'Bearer scope="orders"';

/** Who asks for what, and what he is told. */
const rows: readonly (readonly [
	path: string,
	token: string | undefined,
	status: number,
	body: unknown,
	challenge?: string,
])[] = [
	["/me", undefined, 401, { detail: "Not authenticated" }, "Bearer"],
	["/me", "nobody", 401, { detail: "Not authenticated" }, "Bearer"],
	["/me", "ada-token", 200, { id: 1 }],
	["/orders/10", undefined, 401, { detail: "Not authenticated" }, "Bearer"],
	["/orders/10", "nobody", 401, { detail: "Not authenticated" }, orders],
	[
		"/orders/10",
		"bob-token",
		403,
		{ detail: "Not enough permissions" },
		orders,
	],
	["/orders/10", "ada-token", 200, { id: 10, ownerId: 1 }],
	["/orders/20", "ada-token", 404, { detail: "Order not found" }],
	["/orders/30", "ada-token", 404, { detail: "Order not found" }],
	["/admin/orders", "ada-token", 403, { detail: "Not enough permissions" }],
	[
		"/admin/orders",
		"eve-token",
		200,
		[
			{ id: 10, ownerId: 1 },
			{ id: 20, ownerId: 3 },
		],
	],
	["/hello", undefined, 200, { hello: "stranger" }],
	["/hello", "nobody", 200, { hello: "stranger" }],
	["/hello", "ada-token", 200, { hello: 1 }],
];

for (const [path, token, status, body, challenge = null] of rows) {
	test(`${token ?? "who has no token"} gets ${status} for ${path}`, async () => {
		await using client = await TestClient.start(app);
		const headers =
			token === undefined ? {} : { authorization: `Bearer ${token}` };
		const response = await client.get(path, { headers });
		assert.deepEqual(await response.json(), body);
		assert.equal(response.status, status);
		assert.equal(response.headers.get("www-authenticate"), challenge);
	});
}
