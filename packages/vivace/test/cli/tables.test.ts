import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { chooseApp } from "../../src/cli/choose-app.ts";
import { findProgram } from "../../src/cli/find-program.ts";
import { textTable } from "../../src/cli/text-table.ts";
import { timelineChart } from "../../src/cli/timeline-chart.ts";
import { App } from "../../src/index.ts";
import type { TimelineEntry } from "../../src/lifespan/report/timeline.ts";
import { Project } from "./project.ts";

suite("the app among a program's exports", () => {
	const one = new App();
	const two = new App();
	const cases: readonly (readonly [string, object, App | undefined])[] = [
		["app", { app: one, default: two }, one],
		["the default export", { default: two, other: one }, two],
		["the only one", { shop: one, port: 1, create: () => two }, one],
		["none", { create: () => one }, undefined],
		["none that is something else", { app: { start() {} } }, undefined],
	];
	for (const [name, exports, expected] of cases) {
		test(`is ${name}`, async () => {
			const found = await chooseApp({ ...exports }, "app.ts", undefined);
			assert.equal(found, expected);
		});
	}

	test("is the one that is named, or what a function makes that is named", async () => {
		const exports = {
			app: one,
			admin: two,
			create: () => two,
			createLater: async () => one,
		};
		assert.equal(await chooseApp(exports, "app.ts", "admin"), two);
		assert.equal(await chooseApp(exports, "app.ts", "create"), two);
		assert.equal(await chooseApp(exports, "app.ts", "createLater"), one);
	});

	test("is nothing else", async () => {
		const exports = { port: 1, create: () => ({}), nothing: () => null };
		const refused = (name: string, message: RegExp) =>
			assert.rejects(chooseApp(exports, "app.ts", name), { message });
		await refused(
			"port",
			/^"port" of app\.ts is a number, not an App; export the App itself, or a function that makes it$/,
		);
		await refused(
			"create",
			/^"create" of app\.ts is called without arguments to make the app, and gave object; let it return an App$/,
		);
		await refused("nothing", /and gave null; let it return an App$/);
		await refused("none", /^app\.ts exports no "none"; it exports port,/);
	});
});

test("a program is found by its usual names, in the folder that is named", async () => {
	await using project = await Project.make({
		"main.js": "",
		"src/app.mts": "",
		"shop/app.ts": "",
	});
	const found = (named?: string) =>
		findProgram(named, project.folder).map((path) =>
			path.slice(project.folder.length + 1).replaceAll("\\", "/"),
		);
	assert.deepEqual(found(), ["main.js", "src/app.mts"]);
	assert.deepEqual(found("shop"), ["shop/app.ts"]);
	assert.deepEqual(found("src/app.mts"), ["src/app.mts"]);
});

test("columns stand below each other, whatever their colour", () => {
	assert.equal(
		textTable([
			["\u001b[1mA\u001b[22m", "BB", "C"],
			["aaa", "b", ""],
		]),
		"\u001b[1mA\u001b[22m    BB  C\naaa  b",
	);
});

test("a chart shows waiting, tries and failure", () => {
	const entry: TimelineEntry = {
		name: "pool",
		needs: [],
		neededBy: [],
		optional: false,
		state: "ready",
		attempts: 1,
		startedAtMs: 0,
		readyAtMs: 100,
		releasingAtMs: undefined,
		releasedAtMs: undefined,
		waitedForMs: 0,
		waitingFor: [],
		heldUpBy: undefined,
		acquireMs: 100,
		releaseMs: undefined,
		error: undefined,
	};
	const chart = timelineChart([
		entry,
		{
			...entry,
			name: "cache",
			startedAtMs: 100,
			readyAtMs: 400,
			acquireMs: 300,
			attempts: 3,
			heldUpBy: "pool",
		},
		{
			...entry,
			name: "model",
			state: "failed",
			startedAtMs: 200,
			readyAtMs: undefined,
			acquireMs: undefined,
			error: "not found",
		},
	]);
	const dots = (count: number) => "·".repeat(count);
	const blocks = (count: number) => "█".repeat(count);
	assert.deepEqual(stripVTControlCharacters(chart).split("\n"), [
		`pool   ${blocks(10)}${dots(30)}   100 ms`,
		`cache  ${dots(10)}${blocks(30)}   300 ms  3 tries; after pool`,
		`model  ${dots(20)}${blocks(20)}        -  failed; not found`,
	]);
});
