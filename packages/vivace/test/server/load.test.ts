import assert from "node:assert/strict";
import { mkdtempDisposableSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Crowd } from "./crowd.ts";
import { Program } from "./program.ts";

const size = 64;

for (const keepAlive of [true, false]) {
	const clients = keepAlive ? "kept alive" : "new for each request";
	for (const workers of [undefined, 2]) {
		const where = workers === undefined ? "" : "workers, ";
		test(`${where}${size} connections, ${clients}: SIGTERM fails no request and loses no write`, async (context) => {
			using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-"));
			await using program = shop({ folder: folder.path, workers });
			const crowd = new Crowd(await program.listens(), { keepAlive, size });
			await crowd.writes(1000);
			program.kill("SIGTERM");
			await crowd.over();
			assert.equal(await program.ended, 0, program.output);
			context.diagnostic(summary(crowd));
			assertKept(crowd, folder.path);
			assert.doesNotMatch(program.output, /used after/);
			assert.equal(crowd.refusedCount, size);
			assertNoneFailed(crowd, keepAlive);
		});
	}

	test(`workers, ${size} connections, ${clients}: a rolling restart fails no request and loses no write`, async (context) => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-"));
		await using program = shop({ folder: folder.path, workers: 2 });
		const crowd = new Crowd(await program.listens(), { keepAlive, size });
		await crowd.writes(500);
		program.kill("SIGHUP");
		await program.writes(/has replaced its workers/);
		await crowd.writes(500);
		assert.equal(crowd.refusedCount, 0);
		assert.deepEqual(crowd.failed, []);
		program.kill("SIGTERM");
		await crowd.over();
		assert.equal(await program.ended, 0, program.output);
		context.diagnostic(summary(crowd));
		assertKept(crowd, folder.path);
		assert.doesNotMatch(program.output, /used after/);
		assertNoneFailed(crowd, keepAlive);
	});
}

function shop(options: object): Program {
	return new Program("shop.ts", JSON.stringify(options));
}

function summary({ written, refusedCount, failed }: Crowd): string {
	return `${written.length} acknowledged, ${refusedCount} refused, ${failed.length} failed`;
}

function assertKept(crowd: Crowd, folder: string): void {
	const kept = new Set(
		readdirSync(folder).flatMap((name) =>
			readFileSync(join(folder, name), "utf8").split("\n"),
		),
	);
	const lost = crowd.written.filter((line) => !kept.has(line));
	assert.deepEqual(lost, []);
}

function assertNoneFailed(crowd: Crowd, keepAlive: boolean): void {
	if (keepAlive) {
		assert.deepEqual(crowd.failed, []);
	} else {
		// a connection that no process has accepted when the socket closes is reset; nothing was read from it
		const others = crowd.failed.filter((line) => !line.endsWith("ECONNRESET"));
		assert.deepEqual(others, []);
		assert.ok(crowd.failed.length < size / 4, crowd.failed.join("\n"));
	}
}
