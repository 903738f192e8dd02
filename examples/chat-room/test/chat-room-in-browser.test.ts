import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serve } from "vivace";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import { freePort } from "../../../packages/vivace/test/support/free-port.ts";
import { chatRoom } from "../app.ts";

const log = { info() {}, warn() {}, error: console.error };
const desktop = { width: 1200, height: 760 };
const phone = { width: 375, height: 667 };

function start(port: number) {
	return serve(chatRoom(), { port, signals: false, log });
}

/** A window of its own, whose errors fail the test. */
async function enter(
	browser: Browser,
	url: string,
	name: string,
	viewport: typeof phone,
): Promise<Page> {
	const context = await browser.newContext({ viewport, locale: "en-GB" });
	const page = await context.newPage();
	page.on("pageerror", (error) => {
		throw error;
	});
	await page.goto(url);
	await page.getByLabel("Your name").fill(name);
	await page.getByRole("button", { name: "Enter" }).click();
	await page.getByRole("status").getByText("live").waitFor();
	return page;
}

async function say(page: Page, text: string): Promise<void> {
	await page.getByLabel("Say something").fill(text);
	await page.getByRole("button", { name: "Send" }).click();
}

/** All that stands in the list of messages, without names and times. */
async function messages(page: Page): Promise<string[]> {
	return page
		.getByRole("list", { name: "Messages" })
		.getByRole("listitem")
		.evaluateAll((items) =>
			items.map((item) => item.lastChild?.textContent ?? ""),
		);
}

test("two windows talk, see each other, and come back after a restart with what may be missing said", {
	skip: chromiumMissing ?? false,
}, async () => {
	const port = await freePort();
	let server = await start(port);
	try {
		await using browser = await startChromium();
		const ann = await enter(browser, server.url, "Ann", desktop);
		const bob = await enter(browser, server.url, "Bob", phone);
		for (const page of [ann, bob]) {
			await page.getByText("2 here: Ann, Bob").waitFor();
		}
		await say(ann, "Hello <b>Bob</b>!");
		await bob.getByText("Hello <b>Bob</b>!").waitFor();
		await say(bob, "你好 👋 a long line ".repeat(12));
		await ann.getByText("你好 👋").waitFor();

		const late = await enter(browser, server.url, "Eve", phone);
		await late.getByText("3 here: Ann, Bob, Eve").waitFor();
		assert.deepEqual((await messages(late)).length, 2);
		await late.reload();
		await late.getByRole("button", { name: "Enter" }).click();
		await late.getByText("3 here: Ann, Bob, Eve").waitFor();
		assert.deepEqual((await messages(late)).length, 2);
		const other = await browser.newContext();
		const second = await other.newPage();
		await second.goto(server.url);
		await second.getByLabel("Your name").fill("Ann");
		await second.getByRole("button", { name: "Enter" }).click();
		await second
			.getByText("You can't enter: somebody here has that name.")
			.waitFor();
		await late.close();
		await ann.getByText("2 here: Ann, Bob").waitFor();
		await pictures(ann, bob, second);

		await server.close();
		server = await start(port);
		await ann.getByText("some messages may be missing here").waitFor();
		await bob.getByText("some messages may be missing here").waitFor();
		await say(bob, "back");
		await ann.getByText("back").waitFor();
		assert.equal((await messages(ann)).at(-1), "back");
	} finally {
		await server.close();
	}
});

async function pictures(...pages: readonly Page[]): Promise<void> {
	const folder = process.env.VIVACE_PICTURES;
	for (const [index, page] of folder === undefined ? [] : pages.entries()) {
		const path = join(folder ?? "", `chat-room-${index}.png`);
		await page.screenshot({ path });
	}
}
