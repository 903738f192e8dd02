import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { suite, test } from "node:test";
import { App, File, Form, serve } from "vivace";
import { z } from "zod";
import { chromiumMissing, startChromium } from "../support/chromium.ts";

// one transparent pixel
const png = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	"base64",
);

const declared = {
	"one file": {
		picture: File(z.file().mime("image/png"), { detectType: true }),
	},
	"a file of several types": {
		picture: File(z.file().mime(["image/png", "image/gif"])),
	},
	"a form model": { form: Form(z.object({ picture: z.file() })) },
};

suite("Swagger UI sends a picture that was chosen", {
	skip: chromiumMissing ?? false,
}, () => {
	for (const [what, params] of Object.entries(declared)) {
		test(`as ${what}`, async () => {
			const app = new App();
			app.post("/pictures", params, async function add_picture(_, request) {
				const picture = (await request.form()).get("picture");
				assert.ok(picture instanceof globalThis.File);
				return { name: picture.name, size: picture.size, type: picture.type };
			});
			await using server = await serve(app, {
				port: 0,
				signals: false,
				log: { info() {}, warn() {}, error() {} },
			});
			await using browser = await startChromium();
			const page = await browser.newPage();
			await page.goto(`${server.url}/docs`);
			await page.click(".opblock-summary-control");
			await page.click("text=Try it out");
			await page.setInputFiles("input[type=file]", {
				name: "dot.png",
				mimeType: "image/png",
				buffer: png,
			});
			await page.click("button.execute");
			const answer = page.locator(
				".live-responses-table .response-col_description",
			);
			await answer.first().waitFor();
			const text = await answer.allInnerTexts();
			const { VIVACE_SCREENSHOTS: folder } = process.env;
			if (folder !== undefined) {
				mkdirSync(folder, { recursive: true });
				await page.screenshot({
					path: `${folder}/${what.replaceAll(" ", "-")}.png`,
					fullPage: true,
				});
			}
			assert.match(text.join(), /"name": "dot.png"/);
			assert.match(text.join(), new RegExp(`"size": ${png.length}`));
			assert.match(text.join(), /"type": "image\/png"/);
		});
	}
});
