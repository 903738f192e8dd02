import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	Postgres,
	type PostgresAccount,
} from "../../packages/vivace/test/support/postgres.ts";
import { root } from "../source-files.ts";
import { typeCheck } from "../type-check.ts";
import { PageRunner } from "./page-runner.ts";
import { programsOf, stepsOf } from "./page-steps.ts";

// one service, which each page takes on from the one before
const pages = globSync("docs/tutorial/[0-9]*.md", { cwd: root })
	.map((page) => page.replaceAll("\\", "/"))
	.sort();

test("the tutorial: every page does what it shows", async (context) => {
	await using postgres = Postgres.missing ? undefined : await Postgres.start();
	await using runner = await PageRunner.start({
		"with PostgreSQL": {
			shown: "postgres://shop:secret@localhost:5432/shop",
			real: postgres && addressOf(postgres.account),
		},
	});
	for (const page of ["docs/tutorial/README.md", ...pages]) {
		let isDone = false;
		await context.test(page, async () => {
			await runner.run(page, stepsOf(page));
			isDone = true;
		});
		assert.ok(isDone, "the pages behind it go on from it");
	}
});

test("the tutorial: the program compiles at every step", async () => {
	let files: ReadonlyMap<string, string> = new Map();
	const checked: Record<string, string> = {};
	for (const page of pages) {
		for (const [number, program] of programsOf(
			stepsOf(page),
			files,
		).entries()) {
			for (const [name, text] of program) {
				if (name.endsWith(".ts")) {
					checked[`${page}/${number}/${name}`] = text;
				}
			}
			files = program;
		}
	}
	assert.equal((await typeCheck(checked)).errors, "");
});

test("the tutorial: every page ends with what was learnt and the next step", () => {
	assert.equal(pages.length, 10);
	for (const [index, page] of pages.entries()) {
		const text = readFileSync(join(root, page), "utf8");
		assert.match(text, /^## What you have learnt$/m, page);
		const next = pages[index + 1]?.split("/").at(-1);
		assert.ok(
			next === undefined || text.includes(`](${next})`),
			`${page} leads to ${next}`,
		);
	}
});

function addressOf(account: PostgresAccount): string {
	const { user, password, host, port, database } = account;
	return `postgres://${user}:${password}@${host}:${port}/${database}`;
}
