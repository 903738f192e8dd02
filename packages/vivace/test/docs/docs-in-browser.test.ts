import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { docsAssets } from "../../src/docs/docs-assets.ts";
import { redocHtml } from "../../src/docs/redoc-html.ts";
import { swaggerUiHtml } from "../../src/docs/swagger-ui-html.ts";
import { buildOpenApi } from "../../src/openapi/build-openapi.ts";
import { describedApps } from "../openapi/apps.ts";
import { chromiumMissing, startChromium } from "../support/chromium.ts";

suite("the documentation pages in a browser", {
	skip: chromiumMissing ?? false,
}, () => {
	const server = createServer(async (request, response) => {
		const answer = await answerTo(request.url ?? "/");
		response.writeHead(answer ? 200 : 404, {
			"content-type": answer?.mediaType ?? "text/plain",
		});
		response.end(answer?.content);
	});
	let browser: Browser;
	let origin: string;

	before(async () => {
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		browser = await startChromium();
	});

	after(async () => {
		await browser.close();
		server.close();
	});

	for (const { path, ready } of [
		{ path: "/docs", ready: ".opblock-summary-path" },
		{ path: "/redoc", ready: "h1" },
	]) {
		test(`${path} shows the operations and asks no other server for anything`, async () => {
			const page = await browser.newPage();
			const foreign: string[] = [];
			const problems: string[] = [];
			page.on("request", (request) => {
				const url = request.url();
				if (!/^(?:data|blob):/.test(url) && !url.startsWith(`${origin}/`)) {
					foreign.push(url);
				}
			});
			page.on("pageerror", (error) => problems.push(error.message));
			page.on("response", (response) => {
				if (response.status() >= 400) {
					problems.push(response.url());
				}
			});
			await page.goto(origin + path);
			await page.waitForSelector(ready);
			await page.waitForLoadState("networkidle");
			const text = await page.textContent("body");
			assert.match(text ?? "", /Create Thing/);
			assert.match(text ?? "", /<\/script>/); // of the title, as text
			assert.deepEqual(foreign, []);
			assert.deepEqual(problems, []);
			await page.close();
		});
	}
});

interface Answer {
	readonly mediaType: string;
	readonly content: string | Uint8Array;
}

async function answerTo(url: string): Promise<Answer | undefined> {
	const title = "Things </script>";
	const page = { openapiUrl: "/openapi.json", title };
	if (url === "/docs") {
		return { mediaType: "text/html", content: swaggerUiHtml(page) };
	}
	if (url === "/redoc") {
		return { mediaType: "text/html", content: redocHtml(page) };
	}
	if (url === "/openapi.json") {
		const operations = describedApps.bodies?.operations ?? [];
		const document = buildOpenApi({ title, version: "1.0.0" }, operations);
		return {
			mediaType: "application/json",
			content: JSON.stringify(document),
		};
	}
	const asset = docsAssets.get(url.replace(/^\/(?:docs|redoc)\//, ""));
	return (
		asset && {
			mediaType: asset.mediaType,
			content: gunzipSync(await readFile(asset.file)),
		}
	);
}
