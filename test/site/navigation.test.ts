import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { navigationOf } from "../../site/navigation.ts";
import { anchorOf, readPages, withoutBlocks } from "../../site/pages.ts";
import { newestFirst, publish } from "../../site/releases.ts";
import { minorOf, settings } from "../../site/settings.ts";

function page(path: string, text: string) {
	return { path, text, title: text.split("\n")[0]?.slice(2) ?? "" };
}

test("a folder's overview says the groups and their order, other pages come by themselves", () => {
	const { top, side } = navigationOf([
		page("README.md", "# Home"),
		page("errors.md", "# Errors"),
		page(
			"guide/README.md",
			"# Guide\n\n## Web\n\n- [routes](b.md#x), [A](a.md)\n- [out](../../x.md)\n",
		),
		page("guide/a.md", "# Page A"),
		page("guide/b.md", "# Page B"),
		page("guide/new.md", "# New page"),
		page("guide/deep/c.md", "# Page C"),
		page("recipes-of-ours/z.md", "# Z"),
		page("tutorial/01-first.md", "# First"),
	]);
	assert.deepEqual(top, [
		{ text: "Tutorial", link: "/tutorial/01-first" },
		{ text: "Guide", link: "/guide/" },
		{ text: "Recipes of ours", link: "/recipes-of-ours/z" },
		{ text: "More", items: [{ text: "Errors", link: "/errors" }] },
	]);
	assert.deepEqual(side["/guide/"], [
		{
			text: "Web",
			items: [
				{ text: "Routes", link: "/guide/b" },
				{ text: "A", link: "/guide/a" },
			],
		},
		{
			text: "More",
			items: [{ text: "New page", link: "/guide/new" }],
			collapsed: false,
		},
		{
			text: "Deep",
			items: [{ text: "Page C", link: "/guide/deep/c" }],
			collapsed: true,
		},
	]);
	assert.deepEqual(side["/tutorial/"], [
		{
			text: "Tutorial",
			items: [{ text: "First", link: "/tutorial/01-first" }],
			collapsed: false,
		},
	]);
});

test("every page has a title", () => {
	const pages = readPages();
	assert.ok(pages.length > 30);
	const without = pages.filter(({ path, title }) => path === title);
	assert.deepEqual(without, []);
});

test("every page of the guide has a place in its overview", () => {
	const { side } = navigationOf(readPages());
	const places = side["/guide/"]?.map(({ text }) => text) ?? [];
	assert.ok(places.length > 1, "the overview has groups");
	assert.ok(
		!places.includes("More"),
		"a page is missing in docs/guide/README.md",
	);
});

test("an anchor is that of the hosts of Git repositories", () => {
	for (const [heading, anchor] of [
		["## `vivace dev` and reload", "-vivace-dev-and-reload"],
		["`VIV_SCOPE`", "viv_scope"],
		["What's new: a, b & c", "whats-new-a-b--c"],
		["[Routes](routes.md) by host", "routes-by-host"],
	] as const) {
		assert.equal(anchorOf(heading), anchor);
	}
});

test("comments in programs are no headings", () => {
	assert.equal(withoutBlocks("a\n```sh\n# no\n```\n# yes\n"), "a\n\n# yes\n");
});

test("a release that only mends replaces the one before it", () => {
	assert.equal(minorOf("0.12.3"), "0.12");
	assert.deepEqual(["next", "0.9", "1.0", "0.10"].sort(newestFirst), [
		"1.0",
		"0.10",
		"0.9",
		"next",
	]);
	const { release, siteBase } = settings({});
	assert.match(release, /^\d+\.\d+$/);
	assert.equal(siteBase, "/");
});

test("the list of releases is that of the folders, the first page leads to the newest", async () => {
	const out = mkdtempSync(join(tmpdir(), "vivace-site-"));
	try {
		for (const release of ["0.9", "0.10", "next"]) {
			await mkdir(join(out, release));
			writeFileSync(join(out, release, "index.html"), "");
		}
		await mkdir(join(out, "pictures"));
		publish(out, "0.10", "/vivace/");
		assert.deepEqual(
			JSON.parse(readFileSync(join(out, "releases.json"), "utf8")),
			{ latest: "0.10", releases: ["0.10", "0.9", "next"] },
		);
		assert.match(
			readFileSync(join(out, "index.html"), "utf8"),
			/url=\/vivace\/0\.10\/"/,
		);
	} finally {
		rmSync(out, { recursive: true });
	}
});
