import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { mkdtempDisposable, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { OpenFile } from "../../src/http/open-file.ts";

async function folderWith(content: string) {
	const folder = await mkdtempDisposable(join(tmpdir(), "vivace-open-"));
	const path = join(await realpath(folder.path), "a.txt");
	await writeFile(path, content);
	return { path, [Symbol.asyncDispose]: () => folder.remove() };
}

test("a file is read where it is asked for, and not after it was closed", async () => {
	await using folder = await folderWith("0123456789");
	const file = await OpenFile.open(folder.path);
	const buffer = new Uint8Array(4);
	assert.equal(await file.read(buffer, 3), 4);
	assert.equal(new TextDecoder().decode(buffer), "3456");
	assert.equal(await file.read(buffer, 8), 2);
	assert.equal(await file.read(buffer, 10), 0);
	assert.equal((await file.stat()).size, 10);
	assert.equal(file.isOpen, true);
	await file.close();
	await file.close();
	assert.equal(file.isOpen, false);
	await assert.rejects(file.read(buffer, 0), /closed/);
	await assert.rejects(file.stat(), /closed/);
});

test("a file is closed after what is being read of it", async () => {
	await using folder = await folderWith("0123456789");
	const file = await OpenFile.open(folder.path);
	const order: string[] = [];
	const buffers = [new Uint8Array(10), new Uint8Array(10)];
	const reads = buffers.map(async (buffer) => {
		assert.equal(await file.read(buffer, 0), 10);
		order.push("read");
	});
	const closed = file.close().then(() => order.push("closed"));
	await Promise.all([...reads, closed]);
	assert.deepEqual(order, ["read", "read", "closed"]);
});

test("what can't be opened is an error", async () => {
	await assert.rejects(OpenFile.open("/nonexistent/file"), { code: "ENOENT" });
});

test("a file that nobody closes is closed as it is collected", {
	skip:
		process.versions.bun === undefined &&
		process.versions.deno === undefined &&
		existsSync("/proc/self/fd")
			? false
			: "collects and lists as Node on Linux does",
}, async () => {
	await using folder = await folderWith("x".repeat(1_000_000));
	const openCount = () =>
		readdirSync("/proc/self/fd").filter((fd) => {
			try {
				return readlinkSync(`/proc/self/fd/${fd}`) === folder.path;
			} catch {
				return false; // the one by which the folder was read
			}
		}).length;
	await openAndForget(folder.path, 10);
	assert.ok(openCount() > 0);
	setFlagsFromString("--expose-gc");
	const collect: () => void = runInNewContext("gc");
	for (let turn = 0; turn < 100 && openCount() > 1; turn++) {
		collect();
		await nextTurn();
	}
	assert.ok(openCount() <= 1); // the last may still stand in a register
});

async function openAndForget(path: string, count: number): Promise<void> {
	for (let index = 0; index < count; index++) {
		await OpenFile.open(path);
	}
}
