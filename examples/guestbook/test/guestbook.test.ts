import assert from "node:assert/strict";
import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serve } from "vivace";
import { TestClient } from "vivace/testing";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import { guestbook } from "../app.ts";

const log = { info() {}, warn() {}, error: console.error };

/** A red pixel. */
const picture = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
	"base64",
);

function temporaryFolder() {
	return mkdtempDisposable(join(tmpdir(), "vivace-guestbook-"));
}

function formWith(fields: Readonly<Record<string, string | Blob>>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) {
		form.set(name, value);
	}
	return form;
}

suite("over plain requests", () => {
	test("what is wrong is told beside the fields, and what was typed is kept", async () => {
		await using folder = await temporaryFolder();
		await using client = await TestClient.start(guestbook(folder.path));
		const form = formWith({
			name: " ",
			text: '<b>"x"',
			picture: new Blob(["no picture"], { type: "image/png" }),
		});
		const response = await client.post("/", { form });
		assert.equal(response.status, 422);
		const text = await response.text();
		assert.match(text, /id="name-mistake">Please say who you are\./);
		assert.match(text, /id="picture-mistake">Please choose a picture\./);
		assert.doesNotMatch(text, /id="text-mistake"/);
		assert.match(text, /&lt;b&gt;&quot;x&quot;<\/textarea>/);
		assert.match(text, /Nobody has been here yet/);
		assert.deepEqual(await readdir(folder.path), []);
		const empty = await client.post("/", { form: formWith({ other: "x" }) });
		assert.equal(empty.status, 422);
	});

	test("what is right leads back to the page, with a picture that may be kept", async () => {
		await using folder = await temporaryFolder();
		await using client = await TestClient.start(guestbook(folder.path), {
			followRedirects: false,
		});
		const file = new File([picture], "../../evil.html", { type: "text/html" });
		const response = await client.post("/", {
			form: formWith({ name: "Ada", text: "Hello you", picture: file }),
		});
		assert.equal(response.status, 303);
		assert.equal(
			response.headers.get("location"),
			"http://testserver/#entry-1",
		);
		const [name = ""] = await readdir(folder.path);
		assert.match(name, /^picture\.[0-9a-f]{32}\.png$/);
		const kept = await client.get(`/pictures/${name}`);
		assert.equal(kept.headers.get("content-type"), "image/png");
		assert.match(kept.headers.get("cache-control") ?? "", /immutable/);
		assert.deepEqual(Buffer.from(await kept.arrayBuffer()), picture);
	});
});

suite("in a browser", { skip: chromiumMissing ?? false }, () => {
	let browser: Browser;
	before(async () => {
		browser = await startChromium();
	});
	after(() => browser.close());

	for (const javaScriptEnabled of [true, false]) {
		test(`${javaScriptEnabled ? "with" : "without"} scripts a visitor is corrected, and then seen with a picture`, async () => {
			await using folder = await temporaryFolder();
			await using server = await serve(guestbook(folder.path), {
				port: 0,
				signals: false,
				log,
			});
			const context = await browser.newContext({ javaScriptEnabled });
			const page = await context.newPage();
			const loads: string[] = [];
			page.on("framenavigated", (frame) => loads.push(frame.url()));
			await page.goto(`${server.url}/`);
			await page.fill("[name=name]", "Ada <script>alert(1)</script>");
			await page.fill("[name=text]", "Hm");
			await page.click("button");

			await page.waitForSelector("#text-mistake");
			assert.equal(
				await page.textContent("#text-mistake"),
				"Please write a little more.",
			);
			assert.equal(
				await page.inputValue("[name=name]"),
				"Ada <script>alert(1)</script>",
			);
			assert.equal(await page.locator("#name-mistake").count(), 0);

			await page.fill("[name=text]", "Here I have been.");
			await page.setInputFiles("[name=picture]", {
				name: "me.png",
				mimeType: "image/png",
				buffer: picture,
			});
			await page.click("button");
			await page.waitForSelector("#entry-1");
			assert.equal(
				await page.textContent("#entry-1 h2"),
				"Ada <script>alert(1)</script>",
			);
			assert.deepEqual(await pictureSize(page), [1, 1]);
			assert.equal(await page.inputValue("[name=name]"), "");
			// a script has it all on one page; without one each answer is a page
			assert.equal(loads.length, javaScriptEnabled ? 1 : 3);
			if (process.env.SCREENSHOT !== undefined) {
				await page.screenshot({ path: process.env.SCREENSHOT });
			}
			await context.close();
		});
	}
});

/** The width and height of the picture as it was decoded; asked by the box that it takes, for which no script of the page has to run. */
async function pictureSize(page: Page): Promise<(number | undefined)[]> {
	const image = page.locator("#entry-1 img");
	await image.waitFor({ state: "visible" });
	const box = await image.boundingBox();
	return [box?.width, box?.height];
}
