import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, sizeOf } from "./source-files.ts";

/** The weight that `npm install vivace` may bring beside it. */
const limitBytes = 1_500_000;

interface LockedPackage {
	readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(
	readFileSync(join(root, "package-lock.json"), "utf8"),
) as { packages: Readonly<Record<string, LockedPackage>> };

test("npm install vivace brings at most 1.5 MB beside it", () => {
	const sizes = [...installedWith("packages/vivace")].map(
		(folder) => [folder, sizeOf(join(root, folder))] as const,
	);
	const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
	assert.ok(total > 0);
	assert.ok(total <= limitBytes, `${total} bytes: ${JSON.stringify(sizes)}`);
});

/** The folders of what a package needs, and what that needs, as the lock file has them. */
function installedWith(
	folder: string,
	found = new Set<string>(),
): ReadonlySet<string> {
	for (const name of Object.keys(packages[folder]?.dependencies ?? {})) {
		const dependency = resolve(folder, name);
		if (!found.has(dependency)) {
			found.add(dependency);
			installedWith(dependency, found);
		}
	}
	return found;
}

/** As Node finds it: the nearest `node_modules` that has it. */
function resolve(folder: string, name: string): string {
	for (let place = folder; ; place = parentOf(place)) {
		const path = join(place, "node_modules", name).replaceAll("\\", "/");
		if (packages[path] !== undefined) {
			return path;
		}
		assert.notEqual(place, "", `the lock file has no ${name} for ${folder}`);
	}
}

function parentOf(folder: string): string {
	return folder.replace(/(?:^|\/)[^/]+$/, "");
}
