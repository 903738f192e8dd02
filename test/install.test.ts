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
import { suite, test } from "node:test";
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
	const [told, waited] = outputs.sort().reverse();
	assert.match(
		told ?? "",
		/^Installing the dependencies \(npm ci\) …\nInstalled in \d+ s\.\n$/,
	);
	assert.match(
		waited ?? "",
		/^(?:Another process is installing; waiting for it …\n)?$/,
	);
	assert.equal(await clone.install(), "");
	assert.equal((await clone.npmCalls()).length, 1);
});

test("a lock file that names another version leads to an install", async () => {
	await using clone = await makeClone();
	await clone.install();
	await clone.writeLock({
		...lockedPackages,
		"node_modules/a": { version: "1.0.1", integrity: "sha512-c" },
	});
	assert.match(await clone.install(), /npm install/);
	assert.equal((await clone.npmCalls()).length, 2);
});

test("what a process left behind that died while installing does not stop the next", async () => {
	await using clone = await makeClone();
	const dead = execFileSync(process.execPath, ["-p", "process.pid"]);
	await writeFile(join(clone.folder, ".install.lock"), dead.toString().trim());
	assert.match(await clone.install(), /npm ci/);
});

test("an install that fails ends with its status and a line that says so", async () => {
	await using clone = await makeClone();
	await writeFile(
		join(clone.folder, "npm-cli.js"),
		"console.error('npm http fetch GET 200 x.tgz\\nnpm error no network'); process.exitCode = 3;",
	);
	await assert.rejects(clone.install(), {
		code: 1,
		stderr:
			"npm error no network\ninstall: npm ci ended with 3; its message stands above.\n",
	});
});

suite("what one part of the workspace needs", () => {
	const part = "apps/chat-history";
	const onlyPart = `--workspace ${part} --omit=dev`;
	const packages = {
		"": { name: "example", devDependencies: { compiler: "1.0.0" } },
		[part]: {
			dependencies: { framework: "*", a: "1.0.0" },
			optionalDependencies: { redis: "1.0.0" },
		},
		"packages/framework": {
			dependencies: { b: "1.0.0" },
			peerDependencies: { c: "1.0.0", d: "1.0.0" },
			peerDependenciesMeta: { d: { optional: true } },
		},
		"node_modules/framework": { resolved: "packages/framework", link: true },
		"node_modules/a": { version: "1.0.0" },
		"packages/framework/node_modules/b": { version: "1.0.0" },
		"node_modules/b": { version: "2.0.0" },
		"node_modules/c": { version: "1.0.0" },
		"node_modules/d": { version: "1.0.0" },
		"node_modules/redis": { version: "1.0.0" },
		"node_modules/compiler": { version: "1.0.0" },
	};

	test("is installed without what only tests need, and never again", async () => {
		await using clone = await makeClone();
		await clone.writeLock(packages);
		await clone.npmGives(
			"node_modules/framework",
			"node_modules/a",
			"packages/framework/node_modules/b",
			"node_modules/c",
		);
		assert.match(await clone.install("--for", part), /Installing apps\/chat/);
		assert.equal(await clone.install("--for", part), "");
		assert.deepEqual(await clone.npmCalls(), [
			`ci ${onlyPart} --omit=optional`,
		]);
	});

	for (const lost of ["node_modules/a", "packages/framework/node_modules/b"]) {
		test(`is not there without ${lost}`, async () => {
			await using clone = await makeClone();
			await clone.writeLock(packages);
			await clone.install();
			await clone.lose(lost);
			assert.notEqual(await clone.install("--for", part), "");
		});
	}

	test("is added to what is there, and the rest to that, so that nothing is taken away", async () => {
		await using clone = await makeClone();
		await clone.writeLock(packages);
		await clone.install("--for", part);
		await clone.lose("node_modules/a", "node_modules/redis");
		await clone.install("--for", part);
		await clone.lose("node_modules/compiler");
		await clone.install();
		await clone.lose("node_modules/a");
		await clone.install("--for", part);
		assert.deepEqual(await clone.npmCalls(), [
			`ci ${onlyPart} --omit=optional`,
			`install --no-save ${onlyPart} --omit=optional`,
			"install --no-save",
			`install --no-save ${onlyPart}`, // Redis is there
		]);
	});

	test("has Redis where its variable is set, in the environment or in the file of settings", async () => {
		await using clone = await makeClone();
		await clone.writeLock(packages);
		await clone.install("--for", part);
		await clone.lose("node_modules/redis");
		assert.equal(await clone.install("--for", part), "");
		await clone.writeSettings("# REDIS_URL=redis://other\nREDIS_URL=\n");
		assert.equal(await clone.install("--for", part), "");
		await clone.writeSettings("PORT=1\nREDIS_URL=redis://localhost\n");
		assert.notEqual(await clone.install("--for", part), "");
		assert.equal(
			(await clone.npmCalls()).at(-1),
			`install --no-save ${onlyPart}`,
		);
	});

	test("is told when there is no such part", async () => {
		await using clone = await makeClone();
		await clone.install();
		await assert.rejects(clone.install("--for", "apps/shop"), {
			stderr: "install: the workspace has no apps/shop.\n",
		});
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
	const installed = join(folder, "node_modules/.package-lock.json");
	const given = join(folder, "given");
	await writeFile(
		join(folder, "npm-cli.js"),
		`const fs = require("node:fs");
		fs.mkdirSync("node_modules/.bin", { recursive: true });
		fs.writeFileSync("node_modules/.bin/node", "");
		fs.writeFileSync("node_modules/.bin/node.cmd", "");
		fs.mkdirSync("packages/vivace/src/docs/assets", { recursive: true }); // the postinstall script's work
		const words = process.argv.slice(2).filter((word) => !/^--(no-audit|no-fund|loglevel)/.test(word));
		fs.appendFileSync("calls", words.join(" ") + "\\n");
		let { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
		if (packages["node_modules/b"].optional) delete packages["node_modules/b"];
		if (fs.existsSync("given")) {
			const given = fs.readFileSync("given", "utf8").split(" ");
			packages = Object.fromEntries(Object.entries(packages).filter(([path]) => given.includes(path)));
		}
		fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));`,
	);
	return {
		folder,
		writeLock,
		/** Without it npm gives all that is locked. */
		npmGives: (...paths: readonly string[]) =>
			writeFile(given, paths.join(" ")),
		async lose(...paths: readonly string[]) {
			const { packages } = JSON.parse(await readFile(installed, "utf8"));
			for (const path of paths) {
				delete packages[path];
			}
			await writeFile(installed, JSON.stringify({ packages }));
		},
		async writeSettings(text: string) {
			const place = join(folder, "apps/chat-history/env_config");
			await mkdir(place, { recursive: true });
			await writeFile(join(place, ".env.local"), text);
		},
		async install(...words: readonly string[]) {
			const { REDIS_URL: _, ...env } = process.env;
			const { stdout } = await promisify(execFile)(
				process.execPath,
				["scripts/install.mjs", ...words],
				{
					cwd: folder,
					env: { ...env, npm_execpath: join(folder, "npm-cli.js") },
				},
			);
			return stdout;
		},
		async npmCalls() {
			const text = await readFile(join(folder, "calls"), "utf8");
			return text.trimEnd().split("\n");
		},
		async [Symbol.asyncDispose]() {
			await rm(folder, { recursive: true });
		},
	};
}
