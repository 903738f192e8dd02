import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
	copyFile,
	mkdir,
	mkdtemp,
	readFile,
	rm,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "./source-files.ts";

const lockedPackages = {
	"": { name: "example" },
	"node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
	"node_modules/b": { version: "1.0.0", integrity: "sha512-b", optional: true },
};

test("where all is installed nothing is done or said", () => {
	const output = execFileSync(process.execPath, ["scripts/install.mjs"], {
		cwd: root,
		stdio: "pipe",
	});
	assert.equal(output.toString(), "");
});

test("a fresh clone is installed once, though two ask for it at the same time", async () => {
	await using clone = await makeClone();
	const outputs = await Promise.all([clone.install(), clone.install()]);
	assert.deepEqual(outputs.sort(), [
		"",
		"Installing the dependencies (npm ci) …\n",
	]);
	assert.equal(await clone.install(), "");
	assert.equal(await clone.npmCalls(), 1);
});

test("a lock file that names another version leads to an install", async () => {
	await using clone = await makeClone();
	await clone.install();
	await clone.writeLock({
		...lockedPackages,
		"node_modules/a": { version: "1.0.1", integrity: "sha512-c" },
	});
	assert.match(await clone.install(), /npm ci/);
	assert.equal(await clone.npmCalls(), 2);
});

test("what a process left behind that died while installing does not stop the next", async () => {
	await using clone = await makeClone();
	const dead = execFileSync(process.execPath, ["-p", "process.pid"]);
	await writeFile(join(clone.folder, ".install.lock"), dead.toString().trim());
	assert.match(await clone.install(), /npm ci/);
});

test("an install that fails ends with its status and a line that says so", async () => {
	await using clone = await makeClone();
	await writeFile(join(clone.folder, "npm-cli.js"), "process.exit(3);");
	await assert.rejects(clone.install(), {
		code: 1,
		stderr: "install: npm ci ended with 3; its message stands above.\n",
	});
});

/** A folder with the script, a lock file and, in the place of npm, a program that "installs" what is locked. */
async function makeClone() {
	const folder = await mkdtemp(join(tmpdir(), "vivace-clone-"));
	await mkdir(join(folder, "scripts"));
	await copyFile(
		join(root, "scripts/install.mjs"),
		join(folder, "scripts/install.mjs"),
	);
	const writeLock = (packages: object) =>
		writeFile(join(folder, "package-lock.json"), JSON.stringify({ packages }));
	await writeLock(lockedPackages);
	await writeFile(
		join(folder, "npm-cli.js"),
		`const fs = require("node:fs");
		fs.mkdirSync("node_modules/.bin", { recursive: true });
		fs.writeFileSync("node_modules/.bin/node", "");
		fs.writeFileSync("node_modules/.bin/node.cmd", "");
		fs.mkdirSync("packages/vivace/src/docs/assets", { recursive: true }); // the postinstall script's work
		fs.appendFileSync("calls", ".");
		const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
		delete packages["node_modules/b"];
		fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));`,
	);
	return {
		folder,
		writeLock,
		async install() {
			const { stdout } = await promisify(execFile)(
				process.execPath,
				["scripts/install.mjs"],
				{
					cwd: folder,
					env: { ...process.env, npm_execpath: join(folder, "npm-cli.js") },
				},
			);
			return stdout;
		},
		async npmCalls() {
			return (await readFile(join(folder, "calls"), "utf8")).length;
		},
		async [Symbol.asyncDispose]() {
			await rm(folder, { recursive: true });
		},
	};
}
