import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { until } from "../support/until.ts";
import { Command } from "./command.ts";
import { Load } from "./load.ts";
import {
	program,
	read,
	readWith,
	startProject,
	version,
} from "./versioned-program.ts";

test("a change of an imported file is served, and the version before it released", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
	await project.write("version.ts", version("two"));
	await dev.writes(/Reloaded in \d+ ms: version\.ts changed\n/);
	assert.deepEqual(await read(url), { version: "two", isOpen: true });
	dev.kill("SIGTERM");
	assert.equal(await dev.ended, 0);
	assert.deepEqual((await project.lines("log")).sort(), [
		"acquire one",
		"acquire two",
		"release one",
		"release two",
	]);
	const lines = dev.stdout.trimEnd().split("\n");
	assert.deepEqual(
		lines.filter((line) => !line.includes(" GET / ")).slice(-2),
		["Vivace is stopping (SIGTERM)", "Vivace has stopped"],
	);
});

test("each request is told, with why it was refused, and without its query", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	await read(url);
	await dev.writes(/\d\d:\d\d:\d\d\.\d{3} GET \/ 200 [\d.]+ ms\n/);
	await (await fetch(`${url}/none?token=geheim`)).text();
	await dev.writes(/ GET \/none 404 [\d.]+ ms · Not Found\n/);
});

test("a request that is being answered finishes with the old version, whose resources wait for it", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const slow = read(`${url}/slow`);
	await until(async () => (await project.lines("log")).includes("slow one"));
	await project.write("version.ts", version("two"));
	await dev.writes(/Reloaded/);
	assert.deepEqual(await read(url), { version: "two", isOpen: true });
	assert.deepEqual(await slow, { version: "one", isOpen: true });
	await until(async () => (await project.lines("log")).includes("release one"));
	assert.deepEqual(
		(await project.lines("log")).filter((line) => line.endsWith("one")),
		["acquire one", "slow one", "answer one", "release one"],
	);
});

test("no request fails while versions replace each other under load", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	await using load = new Load(url);
	for (const name of ["two", "three", "four", "five"]) {
		await project.write("version.ts", version(name));
		await dev.writes(/Reloaded/);
		await until(() => load.versions.has(name));
	}
	await load.end();
	assert.deepEqual(load.failures, []);
	assert.deepEqual([...load.versions], ["one", "two", "three", "four", "five"]);
});

test("a client that comes back on its connection within a moment is answered, not cut", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	await readWith(agent, url);
	await project.write("version.ts", version("two"));
	let answer = "";
	while (!answer.includes("two")) {
		// longer than idle connections have; not a wait for an event: the time is what is tested
		await wait(250);
		answer = await readWith(agent, url);
	}
	agent.destroy();
});

test("a syntax error is shown with its line, and the version before goes on serving", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	await project.write("version.ts", 'export const version = "two;\n');
	await dev.writes(
		/version\.ts:1\nexport const version = "two;\n[\s\S]*SyntaxError[\s\S]*Not reloaded: version\.ts changed; the version before goes on serving\n/,
	);
	assert.doesNotMatch(dev.output, /node:internal/);
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
	await project.write("version.ts", version("three"));
	await dev.writes(/Reloaded/);
	assert.deepEqual(await read(url), { version: "three", isOpen: true });
});

test("a start that fails is shown, and the version before goes on serving", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const failing = program.replace("yield pool;", 'throw new Error("no pool");');
	await project.write("app.ts", failing);
	await dev.writes(/"pool" [^\n]*no pool[\s\S]*Not reloaded: app\.ts changed/);
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
	await project.write("app.ts", program);
	await dev.writes(/Reloaded/);
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
});

test("a program that fails at first is started when it is mended", async () => {
	await using project = await startProject({
		"version.ts": 'import "./missing.ts";\nexport const version = "one";\n',
	});
	await using dev = new Command(project.folder, "dev", "--port", "0");
	await dev.writes(
		/Cannot find module '[^']*missing\.ts'[\s\S]*The app could not be started; it is tried again when a file changes\n/,
	);
	await project.write("missing.ts", "");
	const url = await dev.listens();
	assert.deepEqual(await read(url), { version: "one", isOpen: true });
});

test("an app that crashes gives way to a page, until a file changes", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	await read(`${url}/crash`).catch(() => {});
	await dev.writes(
		/an uncaught error in the process; Vivace stops and ends with 1 Error: crashed[\s\S]*The app has ended \(exit code 1\)/,
	);
	assert.deepEqual(await project.lines("log"), ["acquire one", "release one"]);
	const response = await fetch(url);
	assert.equal(response.status, 503);
	assert.match(await response.text(), /^The app is not running/);
	await project.write("version.ts", version("two"));
	await dev.writes(/Reloaded/);
	assert.deepEqual(await read(url), { version: "two", isOpen: true });
});

test("an app that crashes finishes what it has; what comes meanwhile gets the page", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const slow = read(`${url}/slow`);
	await until(async () => (await project.lines("log")).includes("slow one"));
	await read(`${url}/crash`).catch(() => {});
	await dev.writes(/Error: crashed/);
	await until(async () => (await fetch(url)).status === 503);
	assert.deepEqual(await slow, { version: "one", isOpen: true });
	await dev.writes(/The app has ended \(exit code 1\)/);
});

test("a signal during a reload stops both versions, and both release", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	await dev.listens();
	const starting = program
		.replace("import { App,", "import { App, Lifespan,")
		.replace(
			"dependency(async function* pool() {",
			"dependency({ lifespan: Lifespan }, async function* pool({ lifespan }) {",
		)
		.replace(
			"const pool = {",
			`await new Promise((_, reject) => {
				lifespan.signal.onabort = () => { note("abort"); reject(lifespan.signal.reason); };
				note("wait");
			});
			const pool = {`,
		);
	await project.write("app.ts", starting);
	await until(async () => (await project.lines("log")).includes("wait one"));
	dev.kill("SIGTERM");
	assert.equal(await dev.ended, 0);
	assert.deepEqual((await project.lines("log")).sort(), [
		"abort one",
		"acquire one",
		"acquire one",
		"release one",
		"wait one",
	]);
});

test("a version that is starting gives way to the next change", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	await project.write(
		"version.ts",
		`${version("never")}import { appendFileSync } from "node:fs";\nappendFileSync("log", "loading\\n");\nawait new Promise((resolve) => setTimeout(resolve, 600_000));\n`,
	);
	await until(async () => (await project.lines("log")).includes("loading"));
	await project.write("version.ts", version("two"));
	await dev.writes(/Reloaded/);
	assert.deepEqual(await read(url), { version: "two", isOpen: true });
});

test("when vivace dev is killed, the app stops and releases", async () => {
	await using project = await startProject();
	await using dev = new Command(project.folder, "dev", "--port", "0");
	await dev.listens();
	dev.kill("SIGKILL");
	await dev.ended;
	await until(async () => (await project.lines("log")).includes("release one"));
});

const anyPort = ["--port", "0"];
const serving: readonly (readonly [
	name: string,
	end: string,
	options: readonly string[],
])[] = [
	["calls serve", "await serve(app, { port: 0 });", []],
	["calls serve without waiting", "serve(app, { port: 0 });", []],
	["calls serve later", "setTimeout(() => serve(app, { port: 0 }), 20);", []],
	[
		"calls serve when it is run alone",
		"if (import.meta.main) await serve(app);\nexport { app };",
		anyPort,
	],
];

for (const [name, end, options] of serving) {
	test(`a program that ${name} is reloaded, too`, async () => {
		await using project = await startProject({
			"main.ts": `import { serve } from "vivace";\n${program.replace("export const app", "const app")}\n${end}\n`,
		});
		await using dev = new Command(project.folder, "dev", "main.ts", ...options);
		const url = await dev.listens();
		assert.deepEqual(await read(url), { version: "one", isOpen: true });
		await project.write("version.ts", version("two"));
		await dev.writes(/Reloaded/);
		assert.deepEqual(await read(url), { version: "two", isOpen: true });
	});
}

test("with --stop-first one version runs at a time, and requests wait", async () => {
	await using project = await startProject();
	await using dev = new Command(
		project.folder,
		...["dev", "--port", "0", "--stop-first"],
	);
	const url = await dev.listens();
	await using load = new Load(url);
	for (const name of ["two", "three"]) {
		await project.write("version.ts", version(name));
		await dev.writes(/Reloaded/);
		await until(() => load.versions.has(name));
	}
	await load.end();
	assert.deepEqual(load.failures, []);
	assert.deepEqual(await project.lines("log"), [
		"acquire one",
		"release one",
		"acquire two",
		"release two",
		"acquire three",
	]);
});

test("--watch names files and folders that reload the app, too", async () => {
	await using project = await startProject({
		"texts/a.txt": "a",
		"settings.env": "A=1",
	});
	await using dev = new Command(
		project.folder,
		...["dev", "--port", "0", "--watch", "texts", "--watch=settings.env"],
	);
	await dev.listens();
	await project.write("settings.env", "A=2");
	await dev.writes(/Reloaded in \d+ ms: settings\.env changed\n/);
	await project.write("texts/b.txt", "b");
	await dev.writes(/Reloaded in \d+ ms: texts.b\.txt changed\n/);
});

test("--reload-include and --reload-exclude say by patterns what reloads", async () => {
	await using project = await startProject({
		"pages/a.html": "a",
		"pages/draft/b.html": "b",
		"pages/c.txt": "c",
	});
	await using dev = new Command(
		project.folder,
		...["dev", "--port", "0", "--reload-include", "*.html"],
		...["--reload-exclude=draft", "--reload-exclude", "./version.ts"],
	);
	const url = await dev.listens();
	await project.write("version.ts", version("two"));
	await project.write("pages/draft/b.html", "bb");
	await project.write("pages/c.txt", "cc");
	await project.write("pages/a.html", "aa");
	// a change that came before it would be named, too
	await dev.writes(/Reloaded in \d+ ms: pages.a\.html changed\n/);
	assert.deepEqual(await read(url), { version: "two", isOpen: true });
});

test("a port that is in use ends vivace dev with 1", async () => {
	await using project = await startProject();
	const other = createServer().listen(0, "127.0.0.1");
	await once(other, "listening");
	const { port } = other.address() as { port: number };
	await using dev = new Command(project.folder, "dev", "--port", String(port));
	assert.equal(await dev.ended, 1);
	assert.match(
		dev.output,
		new RegExp(
			`^VIV_LISTEN: port ${port} on 127\\.0\\.0\\.1 is already in use`,
		),
	);
	assert.deepEqual(await project.lines("log"), []);
	other.close();
	await once(other, "close");
});
