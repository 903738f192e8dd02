import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as effect } from "../effect.ts";
import { app as typebox } from "../typebox.ts";

for (const [library, app] of Object.entries({ effect, typebox })) {
	suite(library, () => {
		test("texts become numbers and booleans, what they are not is a 422", async () => {
			await using client = await TestClient.start(app);
			const right = await client.get("/items/42?full=yes");
			assert.deepEqual(await right.json(), { id: 42, full: true });
			const wrong = await client.get("/items/x?full=true");
			assert.equal(wrong.status, 422);
			const { detail } = (await wrong.json()) as {
				detail: { loc: unknown; msg: string }[];
			};
			assert.deepEqual(detail[0]?.loc, ["path", "id"]);
		});

		test("a body is converted, and named where it is wrong", async () => {
			await using client = await TestClient.start(app);
			const right = await client.post("/items", {
				json: { name: "Chair", price: "3.5" },
			});
			assert.equal(right.status, 201);
			assert.deepEqual(await right.json(), { name: "Chair", price: 3.5 });
			const wrong = await client.post("/items", {
				json: { name: "Chair", price: 1, tags: ["a", 5] },
			});
			assert.equal(wrong.status, 422);
			const { detail } = (await wrong.json()) as {
				detail: { loc: unknown }[];
			};
			assert.deepEqual(detail[0]?.loc, ["body", "tags", 1]);
		});

		test("the document says what is taken and given", async () => {
			const text = JSON.stringify(app.openapi().paths);
			assert.match(
				text,
				/"name":"id","in":"path","required":true,"schema":\{"type":"integer"/,
			);
			assert.match(text, /"price":\{"type":"number"/);
		});
	});
}
