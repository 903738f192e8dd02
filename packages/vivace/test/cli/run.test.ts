import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "./command.ts";
import { read, startProject } from "./versioned-program.ts";

test("vivace run serves what a program exports, on every address", async () => {
	await using project = await startProject();
	await using run = new Command(project.folder, "run", "--port", "0");
	const [line, url = ""] = await run.writes(/listening on (http:[\w.:/]+).*\n/);
	assert.match(line, /on every address of this machine/);
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
	run.kill("SIGTERM");
	assert.equal(await run.ended, 0);
	assert.deepEqual(await project.lines("log"), ["acquire one", "release one"]);
});

test("the options of vivace run go before those of a program that serves itself", async () => {
	await using project = await startProject({
		"main.ts": `import { serve } from "vivace";\nimport { app } from "./app.ts";\nawait serve(app, { port: 1, host: "127.0.0.1" });\n`,
	});
	await using run = new Command(project.folder, "run", "main.ts", "--port=0");
	const url = await run.listens();
	assert.doesNotMatch(run.output, /every address/);
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
});

test("vivace run --workers serves with several processes", async () => {
	await using project = await startProject();
	await using run = new Command(
		project.folder,
		...["run", "--port", "0", "--workers", "2"],
	);
	const url = await run.listens();
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
	run.kill("SIGTERM");
	assert.equal(await run.ended, 0);
	assert.deepEqual((await project.lines("log")).sort(), [
		"acquire one",
		"acquire one",
		"release one",
		"release one",
	]);
});

test("vivace run tells requests when it is asked to, those of workers too", async () => {
	await using project = await startProject();
	await using run = new Command(
		project.folder,
		...["run", "--port", "0", "--workers", "2", "--request-log"],
	);
	const url = await run.listens();
	await read(url);
	await run.writes(/\d\d:\d\d:\d\d\.\d{3} GET \/ 200 [\d.]+ ms\n/);
});
