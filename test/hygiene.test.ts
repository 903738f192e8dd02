import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { anchorOf, withoutBlocks } from "../site/pages.ts";
import { deadLinks, fromRoot, root } from "./source-files.ts";

const self = fromRoot(import.meta.filename);

const forbidden: readonly (readonly [string, RegExp])[] = [
	["a path of one machine", /(?:^|[\s"'`(=])\/(?:work|root)\//],
	["a registry's host", /\bregistry\.[\w.-]+\.\w|\bdeb\.debian\.org/],
	["unfinished work", /\b(?:TODO|FIXME|XXX)\b/],
	["a compiler switched off", /@ts-(?:ignore|nocheck)\b/],
	["a test that shuts out the others", /\b(?:test|it|describe)\.only\(/],
];

const pagesForbidden: readonly (readonly [string, RegExp])[] = [
	["a path of one machine", /(?:^|[\s"'`(=])\/(?:tmp|home|Users)\//],
];

test("no tracked file names one machine, a registry's host or unfinished work", () => {
	const findings = trackedTexts().flatMap(([path, text]) => {
		const rules = path.endsWith(".md")
			? [...forbidden, ...pagesForbidden]
			: forbidden;
		return text
			.split("\n")
			.flatMap((line, index) =>
				rules
					.filter(([, pattern]) => pattern.test(line))
					.map(([name]) => `${path}:${index + 1}: ${name}`),
			);
	});
	assert.deepEqual(findings, []);
});

test("every dependency stands in docs/dependencies.md with its version", () => {
	const page = readFileSync(join(root, "docs/dependencies.md"), "utf8");
	const files = [
		"package.json",
		...globSync(["packages/*/package.json", "apps/*/package.json"], {
			cwd: root,
		}),
		...globSync("examples{,/*}/package.json", { cwd: root }),
		"site/package.json",
	];
	const missing = files.flatMap((file) => {
		const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
			readFileSync(join(root, file), "utf8"),
		);
		return Object.entries({
			...dependencies,
			...devDependencies,
			...optionalDependencies,
		})
			.filter(([, version]) => version !== "*") // a package of the workspace
			.filter(
				([name, version]) => !page.includes(`| \`${name}\` | ${version} |`),
			)
			.map(([name, version]) => `${file}: ${name} ${version}`);
	});
	assert.deepEqual(missing, []);
});

test("every link between the Markdown pages leads somewhere", () => {
	const dead = trackedTexts()
		.filter(([path]) => path.endsWith(".md"))
		.flatMap(([path]) => deadLinks(join(root, path)))
		.map((link) => link.replaceAll(root, "."));
	assert.deepEqual(dead, []);
});

test("every anchor in the Markdown pages is a heading", () => {
	const pages = trackedTexts().filter(([path]) => path.endsWith(".md"));
	const anchors = new Map(pages.map(([path, text]) => [path, anchorsOf(text)]));
	const dead = pages.flatMap(([path, text]) =>
		Array.from(
			withoutBlocks(text).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g),
			([, target = "", anchor = ""]) => ({
				file: target === "" ? path : posix.join(posix.dirname(path), target),
				anchor,
			}),
		)
			.filter(({ file, anchor }) => anchors.get(file)?.has(anchor) === false)
			.map(({ file, anchor }) => `${path} → ${file}#${anchor}`),
	);
	assert.deepEqual(dead, []);
});

/** Of a page's headings; one that comes again gets a number, as on the hosts of Git repositories and on the site. */
function anchorsOf(text: string): Set<string> {
	const anchors = new Set<string>();
	for (const [, heading = ""] of withoutBlocks(text).matchAll(/^#+ (.+)$/gm)) {
		const anchor = anchorOf(heading);
		let number = 1;
		let own = anchor;
		while (anchors.has(own)) {
			own = `${anchor}-${number++}`;
		}
		anchors.add(own);
	}
	return anchors;
}

function trackedTexts(): [path: string, text: string][] {
	const list = execFileSync("git", ["ls-files", "-z"], { cwd: root });
	return list
		.toString()
		.split("\0")
		.filter((path) => path !== "" && path !== self)
		.filter((path) => existsSync(join(root, path)))
		.map((path) => [path, readFileSync(join(root, path))] as const)
		.filter(([, bytes]) => !bytes.includes(0))
		.map(([path, bytes]) => [path, bytes.toString()]);
}
