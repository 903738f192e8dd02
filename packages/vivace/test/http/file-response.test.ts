import assert from "node:assert/strict";
import {
	mkdtempDisposable,
	rename,
	truncate,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { headerLines } from "../../src/http/answer-framing.ts";
import { completeAnswer } from "../../src/http/complete-answer.ts";
import { contentDisposition } from "../../src/http/content-disposition.ts";
import {
	FileResponse,
	type FileResponseOptions,
} from "../../src/http/file-response.ts";
import { bodyChunks, bodyLengthBytes } from "../../src/http/response-body.ts";
import { memoryRequest, textOf } from "./memory-source.ts";

const modified = new Date("2026-01-02T03:04:05Z");
const lastModified = "Fri, 02 Jan 2026 03:04:05 GMT";

async function folderWith(name: string, content: string) {
	const folder = await mkdtempDisposable(join(tmpdir(), "vivace-file-"));
	const path = join(folder.path, name);
	await writeFile(path, content);
	await utimes(path, modified, modified);
	return { path, [Symbol.asyncDispose]: () => folder.remove() };
}

async function answer(
	path: string,
	headers: Record<string, string> = {},
	options: FileResponseOptions & { method?: string } = {},
) {
	const { method = "GET", ...responseOptions } = options;
	const response = new FileResponse(path, responseOptions);
	const request = memoryRequest({ method, headers: Object.entries(headers) });
	await completeAnswer(request, response);
	const { body } = response;
	headerLines(response, bodyLengthBytes(body));
	const text = await textOf(bodyChunks(body));
	await request.exchange.settle();
	return { status: response.status, headers: response.headers, text };
}

test("a file is sent with length, type, entity tag and date", async () => {
	await using file = await folderWith("a.txt", "0123456789");
	const { status, headers, text } = await answer(file.path);
	assert.equal(status, 200);
	assert.equal(text, "0123456789");
	const { etag, ...others } = Object.fromEntries(headers);
	assert.match(etag ?? "", /^"[0-9a-z-]+"$/);
	assert.deepEqual(others, {
		"content-type": "text/plain; charset=utf-8",
		"content-length": "10",
		"accept-ranges": "bytes",
		"last-modified": lastModified,
	});
});

test("a file larger than a chunk is sent whole", async () => {
	const content = "0123456789abcdef".repeat(10_000);
	await using file = await folderWith("a.bin", content);
	const { headers, text } = await answer(file.path);
	assert.equal(text === content, true);
	assert.equal(headers.get("content-length"), "160000");
});

test("an empty file is sent", async () => {
	await using file = await folderWith("empty", "");
	const { status, headers, text } = await answer(file.path);
	assert.deepEqual(
		[status, headers.get("content-length"), text],
		[200, "0", ""],
	);
});

suite("the media type", () => {
	const cases: readonly (readonly [string, FileResponseOptions, string])[] = [
		["a.png", {}, "image/png"],
		["a.PNG", {}, "image/png"],
		["a.js", {}, "text/javascript; charset=utf-8"],
		[
			"a.docx",
			{},
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		],
		["unknown", {}, "application/octet-stream"],
		["a.png", { filename: "a.html" }, "text/html; charset=utf-8"],
		["a.png", { mediaType: "image/x-own" }, "image/x-own"],
		[
			"a.png",
			{ headers: { "content-type": "image/x-header" } },
			"image/x-header",
		],
	];
	for (const [name, options, type] of cases) {
		test(`of ${name} with ${JSON.stringify(options)} is ${type}`, async () => {
			await using file = await folderWith(name, "x");
			const { headers } = await answer(file.path, {}, options);
			assert.deepEqual(headers.getAll("content-type"), [type]);
		});
	}
});

suite("the name of a download", () => {
	const names = [
		["report.pdf", 'attachment; filename="report.pdf"'],
		["my file.pdf", "attachment; filename*=utf-8''my%20file.pdf"],
		["北京.txt", "attachment; filename*=utf-8''%E5%8C%97%E4%BA%AC.txt"],
		[
			"it's (1)!*.txt",
			"attachment; filename*=utf-8''it%27s%20%281%29%21%2A.txt",
		],
		["../../etc/passwd", 'attachment; filename="passwd"'],
		["a\\b\\c.txt", 'attachment; filename="c.txt"'],
		["reports/", 'attachment; filename="reports"'],
		["..", 'attachment; filename="download"'],
		["a/..", 'attachment; filename="download"'],
		['a"b\r\n.txt', "attachment; filename*=utf-8''a%22b%0D%0A.txt"],
	] as const;
	for (const [name, header] of names) {
		test(JSON.stringify(name), () => {
			assert.equal(contentDisposition("attachment", name), header);
		});
	}

	test("stands in the answer, to save or to show", async () => {
		await using file = await folderWith("a.txt", "x");
		const response = new FileResponse(file.path, {
			filename: "b.txt",
			contentDispositionType: "inline",
		});
		assert.equal(
			response.headers.get("content-disposition"),
			'inline; filename="b.txt"',
		);
	});
});

suite("a client that has the file already", () => {
	test("gets 304 for its entity tag", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const etag = (await answer(file.path)).headers.get("etag") ?? "";
		for (const sent of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
			const { status, headers, text } = await answer(file.path, {
				"if-none-match": sent,
			});
			assert.deepEqual([status, text], [304, ""]);
			assert.equal(headers.get("etag"), etag);
			assert.equal(headers.get("last-modified"), lastModified);
			assert.equal(headers.has("content-length"), false);
			assert.equal(headers.has("content-type"), false);
		}
	});

	test("gets 304 for its date, unless it also names another tag", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const statuses = await Promise.all(
			[
				{ "if-modified-since": lastModified },
				{ "if-modified-since": "Fri, 02 Jan 2026 03:04:06 GMT" },
				{ "if-modified-since": "Fri, 02 Jan 2026 03:04:04 GMT" },
				{ "if-modified-since": "nonsense" },
				{ "if-modified-since": lastModified, "if-none-match": '"other"' },
			].map(async (headers) => (await answer(file.path, headers)).status),
		);
		assert.deepEqual(statuses, [304, 304, 200, 200, 200]);
	});

	test("gets the file when it has changed", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const etag = (await answer(file.path)).headers.get("etag") ?? "";
		await writeFile(file.path, "9876543210");
		const { status, text } = await answer(file.path, { "if-none-match": etag });
		assert.deepEqual([status, text], [200, "9876543210"]);
	});
});

suite("a client that asks for a range", () => {
	test("gets 206 with these bytes", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		for (const [range, text, contentRange] of [
			["bytes=2-4", "234", "bytes 2-4/10"],
			["bytes=8-", "89", "bytes 8-9/10"],
			["bytes=-20", "0123456789", "bytes 0-9/10"],
		] as const) {
			const part = await answer(file.path, { range });
			assert.deepEqual([part.status, part.text], [206, text]);
			assert.equal(part.headers.get("content-range"), contentRange);
			assert.equal(part.headers.get("content-length"), `${text.length}`);
			assert.equal(
				part.headers.get("content-type"),
				"text/plain; charset=utf-8",
			);
		}
	});

	test("gets several as multipart/byteranges, with the right length", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const { status, headers, text } = await answer(file.path, {
			range: "bytes=0-1,8-9",
		});
		assert.equal(status, 206);
		const [, boundary] =
			/^multipart\/byteranges; boundary=(\w+)$/.exec(
				headers.get("content-type") ?? "",
			) ?? [];
		const part = (range: string, content: string) =>
			`--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/10\r\n\r\n${content}\r\n`;
		assert.equal(
			text,
			`${part("0-1", "01")}${part("8-9", "89")}--${boundary}--`,
		);
		assert.equal(headers.get("content-length"), `${text.length}`);
		assert.equal(headers.has("content-range"), false);
	});

	test("gets 416 with the size when the file has none of it", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const { status, headers, text } = await answer(file.path, {
			range: "bytes=10-",
		});
		assert.deepEqual([status, text], [416, ""]);
		assert.equal(headers.get("content-range"), "bytes */10");
		assert.equal(headers.get("content-length"), "0");
	});

	test("gets 400 when the range makes no sense", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const { status, headers, text } = await answer(file.path, {
			range: "bytes=x",
		});
		assert.deepEqual(
			[status, text],
			[400, "Range header: range must be requested"],
		);
		assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
	});

	test("gets the whole file when If-Range names another version", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const etag = (await answer(file.path)).headers.get("etag") ?? "";
		const range = "bytes=0-1";
		for (const [ifRange, status] of [
			[etag, 206],
			[lastModified, 206],
			[`W/${etag}`, 200],
			["Fri, 02 Jan 2026 03:04:06 GMT", 200],
			['"other"', 200],
		] as const) {
			const part = await answer(file.path, { range, "if-range": ifRange });
			assert.equal(part.status, status, ifRange);
		}
	});

	test("gets the whole file with another status than 200, and for HEAD", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const range = "bytes=0-1";
		const created = await answer(file.path, { range }, { status: 201 });
		assert.deepEqual([created.status, created.text], [201, "0123456789"]);
		const head = await answer(file.path, { range }, { method: "HEAD" });
		assert.equal(head.status, 200);
		assert.equal(head.headers.get("content-length"), "10");
	});
});

suite("a file that can't be sent", () => {
	test("is an error that names the path and says why", async () => {
		await using file = await folderWith("a.txt", "x");
		const missing = `${file.path}.missing`;
		await assert.rejects(answer(missing), (error: Error) => {
			assert.match(
				error.message,
				/^The FileResponse of .*a\.txt\.missing can't be sent\.$/,
			);
			assert.equal((error.cause as NodeJS.ErrnoException).code, "ENOENT");
			return true;
		});
		await assert.rejects(answer(join(file.path, "..")), (error: Error) => {
			assert.match(String(error.cause), /not a regular file/);
			return true;
		});
	});

	test("because it became shorter is an error while it is being sent", async () => {
		await using file = await folderWith("a.txt", "0123456789");
		const response = new FileResponse(file.path);
		const request = memoryRequest();
		await completeAnswer(request, response);
		await truncate(file.path, 4);
		await assert.rejects(textOf(bodyChunks(response.body)), {
			message: /ended after 4 bytes while 10 were announced/,
		});
		await request.exchange.settle();
	});
});

test("a file that is replaced is sent to its end as it was", async () => {
	await using file = await folderWith("a.txt", "0123456789");
	const response = new FileResponse(file.path);
	const request = memoryRequest();
	await completeAnswer(request, response);
	await writeFile(`${file.path}.new`, "another, which is longer");
	await rename(`${file.path}.new`, file.path);
	assert.equal(await textOf(bodyChunks(response.body)), "0123456789");
	await request.exchange.settle();
	assert.equal((await answer(file.path)).text, "another, which is longer");
});
