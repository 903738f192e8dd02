import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { test } from "node:test";
import { root } from "../source-files.ts";
import { typeCheck } from "../type-check.ts";
import { PageRunner } from "./page-runner.ts";
import { programsOf, stepsOf } from "./page-steps.ts";

/**
 * Declares the tests of pages that stand for themselves: their programs compile, and their commands print what is shown. Pages without
 * files and commands are passed over.
 *
 * @param pattern of the pages, relative to the workspace
 * @param least how many of them have something to run
 */
export function testPages(pattern: string, least: number): void {
	const pages = globSync(pattern, { cwd: root })
		.map((path) => path.replaceAll("\\", "/"))
		.sort()
		.map((page) => ({ page, steps: stepsOf(page) }))
		.filter(({ steps }) => steps.length > 0);

	test(`${pattern}: programs compile`, async () => {
		assert.ok(pages.length >= least, `${pages.length} pages`);
		const checked: Record<string, string> = {};
		for (const { page, steps } of pages) {
			for (const [number, program] of programsOf(steps).entries()) {
				for (const [name, text] of program) {
					if (name.endsWith(".ts")) {
						checked[`${page}/${number}/${name}`] = text;
					}
				}
			}
		}
		assert.equal((await typeCheck(checked)).errors, "");
	});

	for (const { page, steps } of pages) {
		test(`${page} does what it shows`, async () => {
			await using runner = await PageRunner.start();
			await runner.run(page, steps);
		});
	}
}
