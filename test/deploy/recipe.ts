import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../source-files.ts";

/** A file of `deploy/` with the places of this machine in it: each text that is to be replaced must be there. */
export function recipe(
	path: string,
	places: readonly (readonly [documented: string, here: string])[] = [],
): string {
	const text = readFileSync(join(root, "deploy", path), "utf8");
	return places.reduce((filled, [documented, here]) => {
		assert.ok(filled.includes(documented), `${path} has no ${documented}`);
		return filled.replaceAll(documented, here);
	}, text);
}
