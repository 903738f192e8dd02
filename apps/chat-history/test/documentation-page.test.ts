import assert from "node:assert/strict";
import { test } from "node:test";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import { ChatProcess, variablesOf } from "./chat-process.ts";
import { engines } from "./engines.ts";

for (const { name, missing, start } of engines) {
	test(`a message is stored on ${name} from the documentation page, which asks no other server for anything`, {
		skip: chromiumMissing || (missing ?? false),
	}, async () => {
		await using database = await start();
		await using service = new ChatProcess(variablesOf(database.options));
		const url = await service.listens();
		await using browser = await startChromium();
		const page = await browser.newPage();
		const elsewhere: string[] = [];
		page.on("request", (request) => {
			const address = new URL(request.url());
			if (address.protocol === "http:" && address.origin === url) {
				return;
			}
			if (address.protocol === "http:" || address.protocol === "https:") {
				elsewhere.push(request.url());
			}
		});

		await page.goto(`${url}/docs`);
		const operation = page.locator(".opblock-post", {
			hasText: "/store_content",
		});
		await operation.locator(".opblock-summary").click();
		await operation.getByRole("button", { name: "Try it out" }).click();
		await operation
			.locator("textarea")
			.fill('{"user_id":7,"session_id":"page","role":"user","content":"你好"}');
		await operation.getByRole("button", { name: "Execute" }).click();
		await operation.locator(".live-responses-table").waitFor();

		const history = await fetch(`${url}/get_chat_history`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ user_id: 7, session_id: "page" }),
		});
		assert.deepEqual(await history.json(), {
			code: 0,
			msg: "获取用户聊天记录成功",
			data: { chat_history: [{ role: "user", content: "你好" }] },
		});
		await page.goto(`${url}/redoc`);
		await page.getByRole("heading", { name: /Chat history/ }).waitFor();
		assert.deepEqual(elsewhere, []);
	});
}
