import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate, getSecurely } from "../server/tls-files.ts";
import { Command, runVivace } from "./command.ts";
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

const factory = `
import { App, Request } from "vivace";

export async function createApp() {
	const app = new App();
	app.get("/", { request: Request }, ({ request }) => ({
		root: request.rootPath,
		client: request.client?.host,
		scheme: request.url.split(":")[0],
	}));
	return app;
}
export const fails = () => { throw new Error("no database is named"); };
`;

for (const [how, words] of [
	["behind its file", ["main.ts:createApp"]],
	["by --app", ["main.ts", "--app", "createApp"]],
	["by --factory", ["main.ts", "--factory"]],
] as const) {
	test(`vivace run serves what a function makes that is named ${how}`, async () => {
		await using project = await startProject({ "main.ts": factory });
		await using run = new Command(
			project.folder,
			...["run", ...words, "--port=0", "--root-path=/api"],
		);
		const url = await run.listens();
		assert.deepEqual(await read(url), {
			root: "/api",
			client: "127.0.0.1",
			scheme: "http",
		});
	});
}

test("a function that fails to make the app ends vivace run with 1 and its line", async () => {
	await using project = await startProject({ "main.ts": factory });
	const { exitCode, stderr } = await runVivace(
		project.folder,
		...["run", "main.ts:fails"],
	);
	assert.equal(exitCode, 1);
	assert.match(stderr, /no database is named[\s\S]*main\.ts:13/);
});

test("vivace run says whose headers are believed", async () => {
	await using project = await startProject({ "main.ts": factory });
	const headers = { "x-forwarded-for": "192.0.2.1" };
	for (const [trusted, client] of [
		["none", "127.0.0.1"],
		["10.0.0.0/8, 127.0.0.1", "192.0.2.1"],
		["all", "192.0.2.1"],
	] as const) {
		await using run = new Command(
			project.folder,
			...["run", "main.ts:createApp", "--port=0", "--trust-proxy", trusted],
		);
		const response = await fetch(await run.listens(), { headers });
		assert.equal(
			((await response.json()) as { client: string }).client,
			client,
		);
	}
});

test("vivace run serves HTTPS on a port, and a Unix socket in place of the program's port", async () => {
	await using project = await startProject({
		"main.ts": `import { serve } from "vivace";\nimport { app } from "./app.ts";\nawait serve(app, { port: 1, host: "127.0.0.1" });\n`,
	});
	const { cert, key } = certificate("first");
	await using secure = new Command(
		project.folder,
		...["run", "app.ts", "--port=0", "--tls-cert", cert, "--tls-key", key],
	);
	const [, url = ""] = await secure.writes(/listening on (https:\/\/[\w.:]+)/);
	assert.deepEqual(JSON.parse((await getSecurely(url)).body), {
		version: "one",
		isOpen: true,
	});
	await using local = new Command(
		project.folder,
		...["run", "main.ts", "--socket-path", "shop.sock"],
	);
	await local.writes(/listening on unix:shop\.sock/);
});

test("a certificate without its key is refused", async () => {
	await using project = await startProject();
	const { exitCode, stderr } = await runVivace(
		project.folder,
		...["run", "--tls-cert", "a.pem"],
	);
	assert.equal(exitCode, 1);
	assert.equal(stderr, "--tls-cert and --tls-key go together: name both\n");
});
