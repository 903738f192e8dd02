import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "./command.ts";
import { read, startProject, version } from "./versioned-program.ts";

test("a hundred reloads release what they acquire", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const names = Array.from({ length: 100 }, (_, index) => `v${index}`);
	for (const name of names) {
		await project.write("version.ts", version(name));
		await dev.writes(/Reloaded/);
	}
	assert.deepEqual(await read(url), { version: "v99", isOpen: true });
	dev.kill("SIGTERM");
	assert.equal(await dev.ended, 0);
	const log = await project.lines("log");
	const noted = (what: string) =>
		log
			.filter((line) => line.startsWith(what))
			.map((line) => line.slice(what.length + 1))
			.sort();
	assert.deepEqual(noted("release"), noted("acquire"));
	// a file that was read while it was being written is read once more
	assert.deepEqual(
		new Set(noted("acquire")),
		new Set(["one", ...names].sort()),
	);
});
