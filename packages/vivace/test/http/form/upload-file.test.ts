import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { App, Form, UploadFile } from "vivace";
import { TestClient } from "vivace/testing";
import { z } from "zod";
import { saveContent } from "../../../src/http/form/save-content.ts";
import { sniffMediaType } from "../../../src/http/form/sniff-media-type.ts";

const bytes = (text: string) =>
	Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("an UploadFile that a program makes", () => {
	const upload = new UploadFile(["hello ", "world"], "../a.txt", {
		type: "Text/Plain",
		headers: { "x-of": "the part" },
	});

	test("is a File of the web", async () => {
		assert.ok(upload instanceof globalThis.File);
		assert.ok(upload instanceof Blob);
		assert.deepEqual(
			[upload.name, upload.type, upload.size, await upload.text()],
			["../a.txt", "text/plain", 11, "hello world"],
		);
		assert.equal(await upload.slice(6, 8).text(), "wo");
		assert.equal(await new globalThis.Response(upload).text(), "hello world");
	});

	test("has FastAPI's names beside", async () => {
		assert.deepEqual(
			[upload.filename, upload.contentType, upload.headers.get("x-of")],
			["../a.txt", "Text/Plain", "the part"],
		);
		const read = async (size?: number) =>
			Buffer.from(await upload.read(size)).toString();
		assert.deepEqual(
			[await read(2), await read(0), await read(3), await read(), await read()],
			["he", "", "llo", " world", ""],
		);
		upload.seek(-5);
		assert.equal(await read(1), "h");
		upload.seek(100);
		assert.equal(await read(1), "");
	});

	test("may say nothing of its type", () => {
		const plain = new UploadFile([], "");
		assert.deepEqual(
			[plain.contentType, plain.type, plain.size, plain.filename],
			[undefined, "", 0, ""],
		);
	});

	test("is shown by its name, size and headers", () => {
		assert.deepEqual(JSON.parse(JSON.stringify(upload)), {
			filename: "../a.txt",
			size: 11,
			headers: { "x-of": "the part" },
		});
	});
});

test("what fails while a file is saved leaves what was there before", async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-save-"));
	try {
		const path = join(folder, "a.txt");
		await writeFile(path, "before");
		async function* failing() {
			yield bytes("aft");
			throw new Error("cut off");
		}
		await assert.rejects(saveContent(path, failing()), /cut off/);
		assert.equal(await readFile(path, "utf8"), "before");
		assert.deepEqual(await readdir(folder), ["a.txt"]);
		await assert.rejects(
			saveContent(path, [bytes("after")], { overwrite: false }),
			{ code: "EEXIST" },
		);
		assert.equal(await saveContent(path, [bytes("after")]), 5);
		assert.equal(await readFile(path, "utf8"), "after");
		assert.deepEqual(await readdir(folder), ["a.txt"]);
	} finally {
		await rm(folder, { recursive: true });
	}
});

describe("a content shows its media type:", () => {
	const shown: readonly (readonly [string, string | undefined])[] = [
		["\x89PNG\r\n\x1a\n\0\0", "image/png"],
		["\xff\xd8\xff\xe0", "image/jpeg"],
		["GIF89a", "image/gif"],
		["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
		["RIFF\0\0\0\0WAVEfmt ", "audio/wave"],
		["\0\0\0\x18ftypmp42", "video/mp4"],
		["\0\0\0\x18ftypavif", "image/avif"],
		["\0\0\0\x18ftypqt  ", "video/quicktime"],
		["\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"],
		["\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska"],
		["ID3\x04", "audio/mpeg"],
		["\xff\xfb\x90\x44", "audio/mpeg"],
		["%PDF-1.7", "application/pdf"],
		["PK\x03\x04\x14", "application/zip"],
		["\x1f\x8b\b\0", "application/x-gzip"],
		["wOF2", "font/woff2"],
		["<svg xmlns", undefined],
		["a,b\r\n1,2", undefined],
		["", undefined],
		["\x89PN", undefined],
	];
	for (const [content, mediaType] of shown) {
		test(`${JSON.stringify(content.slice(0, 16))} is ${mediaType}`, async () => {
			assert.equal(sniffMediaType(bytes(content)), mediaType);
			const upload = new UploadFile([bytes(content)], "a.html", {
				type: "text/html",
			});
			assert.equal(await upload.detectedType(), mediaType);
		});
	}
});

test("an error beside a secret shows uploads and bytes as they are elsewhere", async () => {
	const app = new App();
	const schema = z.object({
		bytes: z.instanceof(Uint8Array),
		password: z.string().meta({ format: "password" }),
		n: z.int(),
		file: z.file(),
	});
	app.post("/", { form: Form(schema) }, () => "");
	await using client = await TestClient.start(app);
	const response = await client.post("/", {
		form: { password: "secret" },
		files: { bytes: bytes("\xff\0a"), file: new UploadFile(["12"], "ü.txt") },
	});
	const { detail } = (await response.json()) as {
		detail: { input: Record<string, Record<string, unknown>> }[];
	};
	const { input } = detail[0] ?? {};
	assert.deepEqual(Object.keys(input ?? {}), ["bytes", "file"]);
	assert.equal(input?.bytes, "\ufffd\0a");
	assert.deepEqual([input?.file?.filename, input?.file?.size], ["ü.txt", 2]);
});
