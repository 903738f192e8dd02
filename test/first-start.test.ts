import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { withoutNpm } from "./published.ts";
import { root, sizeOf } from "./source-files.ts";

/** The weight that `npm start` may install beside Node. */
const limitBytes = 30_000_000;

test("npm start in a fresh clone installs what the flagship needs, and serves on our own Node", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-first-"));
	copyTracked(folder.path);
	await assertStarts(folder.path, /Installing apps\/chat-history/);

	const modules = join(folder.path, "node_modules");
	const weight = sizeOf(modules) - sizeOf(join(modules, "node"));
	assert.ok(weight > 0);
	assert.ok(weight <= limitBytes, `${weight} bytes beside Node`);
	for (const name of ["typescript", "bun", "deno", "@biomejs", "redis"]) {
		assert.ok(!existsSync(join(modules, name)), name);
	}

	await assertStarts(folder.path);
});

/** The files that Git would clone, as they are now. */
function copyTracked(folder: string): void {
	const list = execFileSync(
		"git",
		["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
		{ cwd: root, encoding: "utf8" },
	);
	for (const path of list.split("\0")) {
		if (path !== "" && existsSync(join(root, path))) {
			cpSync(join(root, path), join(folder, path));
		}
	}
}

/** It installs as it is told, once or not at all, then answers and ends well. */
async function assertStarts(cwd: string, told?: RegExp): Promise<void> {
	const server = spawn("npm", ["start"], {
		cwd,
		env: {
			...withoutNpm(),
			PATH: pathOfTheMachine(),
			PORT: "0",
			DATA_DIR: join(cwd, "data"),
			npm_config_prefer_offline: "true",
		},
		shell: process.platform === "win32",
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ended = once(server, "close");
	let output = "";
	for (const stream of [server.stdout, server.stderr]) {
		stream.setEncoding("utf8").on("data", (chunk) => {
			output += chunk;
			server.emit("output");
		});
	}
	let url: string | undefined;
	while (url === undefined && server.exitCode === null) {
		await Promise.race([once(server, "output"), ended]);
		url = /listening on (http:\S+)/.exec(output)?.[1];
	}
	assert.ok(url, output);
	const response = await fetch(new URL("/docs", url), {
		headers: { connection: "close" },
	});
	assert.equal(response.status, 200);
	server.kill("SIGTERM");
	assert.deepEqual(await ended, [0, null], output);
	if (told === undefined) {
		assert.doesNotMatch(output, /Install/);
	} else {
		assert.match(output, told);
	}
}

/** Without our own Node, which a fresh clone does not have. */
function pathOfTheMachine(): string {
	const folders = (process.env.PATH ?? "").split(delimiter);
	return folders
		.filter((folder) => !folder.includes("node_modules"))
		.join(delimiter);
}
