import assert from "node:assert/strict";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { FileResponse } from "../../src/http/file-response.ts";
import { Response } from "../../src/http/response.ts";
import {
	type CompressOptions,
	compress,
} from "../../src/middleware/compress.ts";
import { requestOf } from "./fixtures/request.ts";

async function answer(
	response: Response,
	options?: CompressOptions,
	acceptEncoding = "deflate, gzip;q=1.0",
	headers: Record<string, string> = {},
): Promise<Response> {
	const request = requestOf("GET", "http://testserver/", {
		"accept-encoding": acceptEncoding,
		...headers,
	});
	return compress(options)(request, async () => response);
}

const large = "x".repeat(4000);

describe("compress", () => {
	for (const body of [large, Buffer.from(large), "é".repeat(200_000)]) {
		it(`compresses a ${typeof body} of ${body.length}`, async () => {
			const response = await answer(
				new Response(body, {
					headers: { "content-length": String(Buffer.byteLength(body)) },
					mediaType: "text/plain",
				}),
			);
			assert.ok(response.body instanceof Uint8Array);
			assert.equal(gunzipSync(response.body).toString(), String(body));
			assert.deepEqual(Object.fromEntries(response.headers), {
				"content-type": "text/plain; charset=utf-8",
				vary: "Accept-Encoding",
				"content-encoding": "gzip",
			});
		});
	}

	const leftAlone: [title: string, response: Response][] = [
		["no body", new Response(null, { status: 204 })],
		["a small body", new Response("x".repeat(499))],
		["partial content", new Response(large, { status: 206 })],
		[
			"what is encoded already",
			new Response(large, { headers: { "content-encoding": "br" } }),
		],
		["pictures", new Response(large, { mediaType: "image/png" })],
		["films", new Response(large, { mediaType: "video/mp4" })],
		[
			"server-sent events",
			new Response(chunks("data: 1\n\n"), {
				mediaType: "text/event-stream; charset=utf-8",
			}),
		],
	];
	for (const [title, response] of leftAlone) {
		it(`leaves ${title} alone`, async () => {
			const { body } = response;
			const before = [...response.headers];
			await answer(response);
			assert.equal(response.body, body);
			assert.deepEqual([...response.headers], before);
		});
	}

	for (const accepted of ["", "br, deflate", "gzip;q=0", "gzip; q=0.00, br"]) {
		it(`only marks the answer for a client that accepts "${accepted}"`, async () => {
			const response = await answer(new Response(large), {}, accepted);
			assert.equal(response.body, large);
			assert.deepEqual([...response.headers], [["vary", "Accept-Encoding"]]);
		});
	}

	it("weakens a strong ETag", async () => {
		for (const [etag, expected] of [
			['"a"', 'W/"a"'],
			['W/"a"', 'W/"a"'],
		] as const) {
			const { headers } = await answer(
				new Response(large, { headers: { etag } }),
			);
			assert.equal(headers.get("etag"), expected);
		}
	});

	it("takes sizes and media types from its options", async () => {
		const options = { minimumSizeBytes: 2, excludeContentTypes: ["text/*"] };
		const { headers } = await answer(new Response("ab"), options);
		assert.equal(headers.get("content-encoding"), "gzip");
		const text = new Response("ab", { mediaType: "text/csv" });
		assert.equal((await answer(text, options)).body, "ab");
	});

	it("lets each chunk of a stream be read as soon as it came", async () => {
		const made: string[] = [];
		async function* body() {
			for (const chunk of ["one", "", "two", "three"]) {
				made.push(chunk);
				yield chunk;
			}
		}
		const response = await answer(
			new Response(body(), { headers: { "content-length": "11" } }),
		);
		assert.equal(response.headers.has("content-length"), false);
		const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
		let text = "";
		gunzip.setEncoding("utf8").on("data", (piece) => {
			text += piece;
		});
		const seen: [text: string, made: number][] = [];
		for await (const piece of iterable(response)) {
			await new Promise((resolve) => gunzip.write(piece, resolve));
			if (text !== seen.at(-1)?.[0]) {
				seen.push([text, made.length]);
			}
		}
		assert.deepEqual(seen, [
			["one", 1],
			["onetwo", 3],
			["onetwothree", 4],
		]);
	});

	it("keeps large chunks whole", async () => {
		const noise = Buffer.from(
			Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251),
		);
		const response = await answer(new Response(chunks(noise, noise)));
		const pieces = await Array.fromAsync(iterable(response));
		assert.ok(
			gunzipSync(Buffer.concat(pieces)).equals(Buffer.concat([noise, noise])),
		);
	});

	it("compresses files, but not a part of one", async () => {
		await using folder = await mkdtempDisposable(join(tmpdir(), "compress-"));
		const path = join(folder.path, "large.txt");
		await writeFile(path, large);
		const whole = await answer(new FileResponse(path));
		const pieces = await Array.fromAsync(iterable(whole));
		assert.equal(gunzipSync(Buffer.concat(pieces)).toString(), large);
		assert.equal(whole.headers.has("content-length"), false);
		assert.equal(whole.headers.has("accept-ranges"), false);
		const part = await answer(new FileResponse(path), {}, "gzip", {
			range: "bytes=0-999",
		});
		assert.equal(part.status, 206);
		assert.equal(part.headers.has("content-encoding"), false);
	});

	it("finishes a stream that nobody reads, or that is left while it waits", async () => {
		for (const isRead of [false, true]) {
			const waiting = Promise.withResolvers<IteratorResult<string>>();
			let isFinished = false;
			const body: AsyncIterableIterator<string> = {
				[Symbol.asyncIterator]: () => body,
				next: () => waiting.promise,
				async return() {
					isFinished = true;
					return { done: true, value: undefined };
				},
			};
			const response = await answer(new Response(body));
			const iterator = iterable(response)[Symbol.asyncIterator]();
			const read = isRead ? iterator.next() : undefined;
			await iterator.return?.();
			assert.equal(isFinished, true);
			waiting.resolve({ done: false, value: "late" });
			assert.equal((await read)?.done ?? true, true);
		}
	});

	it("finishes the stream of a client that goes away", async () => {
		let isFinished = false;
		async function* body() {
			try {
				for (;;) {
					yield large;
				}
			} finally {
				isFinished = true;
			}
		}
		const response = await answer(new Response(body()));
		for await (const _ of iterable(response)) {
			break;
		}
		assert.equal(isFinished, true);
	});

	it("hands on the error of a stream", async () => {
		async function* body() {
			yield large;
			throw new Error("out of paper");
		}
		const response = await answer(new Response(body()));
		await assert.rejects(Array.fromAsync(iterable(response)), /out of paper/);
	});

	for (const options of [
		{ level: 0 },
		{ level: 10 },
		{ minimumSizeBytes: -1 },
	]) {
		it(`refuses ${JSON.stringify(options)}`, () => {
			assert.throws(() => compress(options), {
				code: "VIV_OPTION",
				message: /is a whole number from/,
			});
		});
	}
});

async function* chunks(...pieces: (string | Uint8Array)[]) {
	yield* pieces;
}

function iterable({ body }: Response): AsyncIterable<Uint8Array> {
	assert.ok(body !== null && typeof body === "object");
	assert.ok(Symbol.asyncIterator in body);
	return body as AsyncIterable<Uint8Array>; // compressed chunks are bytes
}
