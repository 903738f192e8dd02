import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { App, File, Form, serve, type UploadFile } from "vivace";
import { z } from "zod";
import { until } from "../support/until.ts";

const folder = mkdtempSync(join(tmpdir(), "vivace-many-"));
const folderBefore = process.env.TMPDIR;
before(() => {
	process.env.TMPDIR = folder;
});
after(() => {
	if (folderBefore === undefined) {
		delete process.env.TMPDIR;
	} else {
		process.env.TMPDIR = folderBefore;
	}
	rmSync(folder, { recursive: true });
});

const hasDescriptors = process.platform === "linux";

function openUploads(): number {
	const files = readdirSync("/proc/self/fd").map((name) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`);
		} catch {
			return ""; // closed since
		}
	});
	return files.filter((path) => path.startsWith(folder)).length;
}

const digest = (bytes: Uint8Array) =>
	createHash("sha256").update(bytes).digest("hex");

/** All ways of reading an upload. */
async function digests(upload: UploadFile): Promise<string[]> {
	const half = upload.size >> 1;
	const halves = [upload.slice(0, half), upload.slice(half)];
	const path = join(folder, "saved");
	await upload.saveTo(path);
	const chunks: Uint8Array[] = [];
	for await (const chunk of upload.stream()) {
		chunks.push(chunk);
	}
	return [
		digest(await upload.bytes()),
		digest(Buffer.concat(chunks)),
		// a Blob of two such is empty on Bun
		digest(
			Buffer.concat(await Promise.all(halves.map((each) => each.bytes()))),
		),
		digest(new Uint8Array(await new Blob([upload]).arrayBuffer())),
		digest(readFileSync(path)),
	];
}

describe("the uploads of one form", () => {
	/** Large ones among small ones, which are too many for the memory. */
	const contents = Array.from({ length: 36 }, (_, index) =>
		randomBytes(index % 12 === 5 ? 1_500_000 + index : 300_000 + index),
	);

	test("lie in one file on disk, each apart, whichever way they are read", async () => {
		let opened: number | undefined;
		const app = new App();
		app.post(
			"/",
			{ files: File(z.array(z.file())), note: Form(z.string()) },
			async ({ files, note }) => {
				opened = hasDescriptors ? openUploads() : undefined;
				const found: unknown[] = [note];
				for (const file of files) {
					found.push([file.filename, await digests(file)]);
				}
				return found;
			},
		);
		const log = { info() {}, warn() {}, error: console.error };
		const server = await serve(app, { port: 0, signals: false, log });
		try {
			const body = new FormData();
			for (const [index, content] of contents.entries()) {
				body.append("files", new Blob([content]), `${index}`);
			}
			body.append("note", "at the end");
			const response = await fetch(server.url, { method: "POST", body });
			assert.deepEqual(await response.json(), [
				"at the end",
				...contents.map((content, index) => [
					`${index}`,
					Array(5).fill(digest(content)),
				]),
			]);
			assert.equal(opened, hasDescriptors ? 1 : undefined);
			await until(() => !hasDescriptors || openUploads() === 0);
		} finally {
			await server.close();
		}
	});
});
