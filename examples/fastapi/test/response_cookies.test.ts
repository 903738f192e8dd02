import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as ofResponse } from "../response_cookies/tutorial001.ts";
import { app as ofParameter } from "../response_cookies/tutorial002.ts";
import { checkPort } from "./check-port.ts";

const content = { message: "Come to the dark side, we have cookies" };

checkPort("response_cookies.tutorial001", [["POST /cookie/", 200, content]]);
checkPort("response_cookies.tutorial002", [
	["POST /cookie-and-object/", 200, content],
]);

test("both ways of setting a cookie look the same", async () => {
	for (const [app, path] of [
		[ofResponse, "/cookie/"],
		[ofParameter, "/cookie-and-object/"],
	] as const) {
		await using client = await TestClient.start(app);
		const { headers } = await client.post(path);
		assert.deepEqual(headers.getSetCookie(), [
			"fakesession=fake-cookie-session-value; Path=/; SameSite=lax",
		]);
	}
});
