import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import { ChatProcess } from "./chat-process.ts";

test("two windows, in Chinese and in English, see what the other says", {
	skip: chromiumMissing,
}, async () => {
	const folder = await mkdtemp(join(tmpdir(), "chat-history-"));
	try {
		const variables = { DATA_DIR: folder, PORT: "0" };
		await using service = new ChatProcess(variables);
		const url = await service.listens();
		await using browser = await startChromium();
		const [english, chinese] = await Promise.all(
			["en-GB", "zh-CN"].map(async (locale) => {
				const context = await browser.newContext({
					locale,
					viewport: { width: 420, height: 720 },
				});
				const page = await context.newPage();
				await page.goto(`${url}/chat`);
				return page;
			}),
		);
		assert.ok(english && chinese);
		await english.getByRole("status").getByText("live").waitFor();
		await chinese.getByRole("status").getByText("已连接").waitFor();

		await english
			.getByRole("note")
			.getByText("other server processes")
			.waitFor();
		await chinese.getByRole("note").getByText("其他服务进程").waitFor();

		await english.getByPlaceholder("Say something").fill("Hello <b>there</b>");
		await english.getByRole("button", { name: "Send" }).click();
		await chinese.getByText("Hello <b>there</b>").waitFor();
		await chinese.getByLabel("说点什么").fill("你好！");
		await chinese.getByRole("button", { name: "发送" }).click();
		await english.getByText("你好！").waitFor();
		// stored, but the answer is lost: sent again, it is stored once
		await english.route(
			"**/messages",
			async (route) => {
				await route.fetch();
				await route.abort();
			},
			{ times: 1 },
		);
		const send = english.getByRole("button", { name: "Send" });
		await english.getByPlaceholder("Say something").fill("once");
		await send.click();
		await english.getByText("not sent").waitFor();
		await send.click();
		await english.locator("#content:placeholder-shown").waitFor();
		await chinese.getByText("once").waitFor();
		for (const page of [english, chinese]) {
			assert.deepEqual(await page.locator("li time").count(), 3);
		}
		const picture = process.env.VIVACE_PICTURES;
		if (picture !== undefined) {
			await english.screenshot({ path: join(picture, "chat-en.png") });
			await chinese.screenshot({ path: join(picture, "chat-zh.png") });
		}
	} finally {
		await rm(folder, { recursive: true });
	}
});
