import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { docsAssetResponse, docsAssets } from "../../src/docs/docs-assets.ts";
import type { Request } from "../../src/http/request.ts";
import { memoryRequest } from "../http/memory-source.ts";

function requestWith(headers: Readonly<Record<string, string>>): Request {
	return memoryRequest({ headers: Object.entries(headers) });
}

test("every asset is served compressed to those who take it and plain to the others", async () => {
	for (const [path, { mediaType }] of docsAssets) {
		const plain = await docsAssetResponse(requestWith({}), path);
		const compressed = await docsAssetResponse(
			requestWith({ "accept-encoding": "br, gzip;q=0.5" }),
			path,
		);
		assert.ok(plain && compressed);
		assert.equal(compressed.headers.get("content-encoding"), "gzip");
		assert.equal(plain.headers.get("content-encoding"), null);
		assert.equal(
			plain.headers.get("content-type"),
			`${mediaType}; charset=utf-8`,
		);
		assert.deepEqual(
			new Uint8Array(gunzipSync(compressed.body as Uint8Array)),
			new Uint8Array(plain.body as Uint8Array),
		);
		assert.notEqual(plain.headers.get("etag"), compressed.headers.get("etag"));
		assert.equal(plain.headers.get("vary"), "Accept-Encoding");
	}
});

test("gzip that is refused by its weight is not sent", async () => {
	const [path] = docsAssets.keys();
	const request = requestWith({ "accept-encoding": "gzip;q=0, br" });
	const response = await docsAssetResponse(request, path ?? "");
	assert.equal(response?.headers.get("content-encoding"), null);
});

test("a browser that has the version is told so", async () => {
	const [path = ""] = docsAssets.keys();
	const first = await docsAssetResponse(requestWith({}), path);
	const etag = first?.headers.get("etag") ?? "";
	const again = await docsAssetResponse(
		requestWith({ "if-none-match": etag }),
		path,
	);
	assert.equal(again?.status, 304);
	assert.equal(again?.body, null);
});

test("there is nothing else than the assets", async () => {
	for (const path of ["", "swagger-ui.css", "../docs-assets.ts", "__proto__"]) {
		assert.equal(await docsAssetResponse(requestWith({}), path), undefined);
	}
});
