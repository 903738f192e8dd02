import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
	globSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, posix } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import {
	chromiumMissing,
	startChromium,
} from "../../packages/vivace/test/support/chromium.ts";
import { root } from "../source-files.ts";

const run = promisify(execFile);
const base = "/library/vivace/";
const out = mkdtempSync(join(tmpdir(), "vivace-site-"));

before(async () => {
	const old = join(out, "0.0");
	mkdirSync(old);
	writeFileSync(join(old, "index.html"), "<h1>The old release</h1>");
	await run(
		process.execPath,
		[
			join(root, "site/main.ts"),
			"build",
			"--out",
			out,
			"--base",
			base,
			"--release",
			"0.1",
		],
		{ env: { ...process.env, NODE_OPTIONS: "" }, maxBuffer: 2 ** 24 },
	);
});
after(() => rmSync(out, { recursive: true }));

/** The pages of the release, each with the path that its address has. */
function builtPages(): { path: string; html: string }[] {
	return globSync("0.1/**/*.html", { cwd: out }).map((file) => ({
		path: `${base}${file.replaceAll("\\", "/")}`,
		html: readFileSync(join(out, file), "utf8"),
	}));
}

test("the generator's own programs have the right types", async () => {
	await run(process.execPath, [
		join(root, "node_modules/typescript/bin/tsc"),
		"--noEmit",
		"--project",
		join(root, "site"),
	]);
});

test("every link and anchor of the site leads somewhere", () => {
	const pages = builtPages();
	assert.ok(pages.length > 30);
	const anchors = new Map(
		pages.map(({ path, html }) => [
			path,
			new Set(Array.from(html.matchAll(/\bid="([^"]+)"/g), ([, id]) => id)),
		]),
	);
	const files = new Set(
		globSync("**/*.*", { cwd: out }).map((file) => `${base}${file}`),
	);
	const dead = pages
		.filter(({ path }) => !path.endsWith("/404.html"))
		.flatMap(({ path, html }) =>
			Array.from(html.matchAll(/\bhref="([^"]+)"/g), ([, href = ""]) => href)
				.filter((href) => !/^[a-z]+:/.test(href))
				.filter((href) => {
					const [target = "", anchor] = href.split("#");
					const address =
						target === ""
							? path
							: posix.resolve(posix.dirname(path), target) +
								(target.endsWith("/") ? "/" : "");
					const file = address.endsWith("/") ? `${address}index.html` : address;
					const isThere = files.has(file);
					const id = decodeURIComponent(anchor ?? "");
					return !isThere || (id !== "" && anchors.get(file)?.has(id) !== true);
				})
				.map((href) => `${path} → ${href}`),
		);
	assert.deepEqual(dead, []);
});

test("a program that is a file has its name above it", () => {
	const first = readFileSync(
		join(out, "0.1/tutorial/01-first-steps.html"),
		"utf8",
	);
	assert.match(first, /class="file-name">main\.ts</);
	assert.match(first, /class="file-name">tsconfig\.json</);
});

test("no link leads to a file that is no page of the site", () => {
	for (const { html, path } of builtPages()) {
		assert.doesNotMatch(
			html,
			/<a\b[^>]*\shref="(?!https:)[^"]*\.(?:md|ts)(?:#[^"]*)?"/,
			path,
		);
	}
});

test("no page loads anything from elsewhere", () => {
	for (const { path, html } of builtPages()) {
		const loaded = html.matchAll(
			/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)="([^"]+)"/g,
		);
		for (const [, address = ""] of loaded) {
			assert.match(address, /^(?:\/library\/vivace\/|data:)/, path);
		}
	}
});

test("a program reads the pages as Markdown, which llms.txt lists", () => {
	const list = readFileSync(join(out, "0.1/llms.txt"), "utf8");
	const listed = Array.from(
		list.matchAll(/^- \[[^\]]*\]\(([^)]+)\)/gm),
		([, to = ""]) => to,
	);
	assert.ok(listed.length > 300);
	for (const address of listed) {
		assert.ok(address.startsWith(`${base}0.1/`), address);
		const text = readFileSync(join(out, address.slice(base.length)), "utf8");
		assert.match(text, /^# \S/m, address);
	}
	const whole = readFileSync(join(out, "0.1/llms-full.txt"), "utf8");
	assert.match(whole, /^# VIV_SCOPE$/m);
});

test("every public name has a page of the reference", () => {
	const names = JSON.parse(
		readFileSync(join(root, "test/public-names.json"), "utf8"),
	) as Record<string, readonly string[]>;
	for (const [entry, all] of Object.entries(names)) {
		const module = entry.startsWith(".") ? `vivace${entry.slice(1)}` : entry;
		const file = `0.1/reference/${module}/index.html`;
		const html = readFileSync(join(out, file), "utf8");
		for (const each of all) {
			const name = each.replace("type ", "");
			assert.ok(html.includes(`>${name}<`), `${file} names ${name}`);
		}
	}
});

const types: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript",
	".css": "text/css",
	".json": "application/json",
	".woff2": "font/woff2",
};

/** Serves the site as any host of static files does. */
async function serveSite(): Promise<AsyncDisposable & { origin: string }> {
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? "/", "http://site");
		const inSite = pathname.startsWith(base)
			? pathname.slice(base.length)
			: "/";
		const file = join(
			out,
			inSite.endsWith("/") || inSite === "" ? `${inSite}index.html` : inSite,
		);
		try {
			const bytes = readFileSync(file);
			response.setHeader(
				"Content-Type",
				types[extname(file)] ?? "application/octet-stream",
			);
			response.end(request.method === "HEAD" ? undefined : bytes);
		} catch {
			response.writeHead(404).end();
		}
	});
	const { promise, resolve } = Promise.withResolvers<void>();
	server.listen(0, "127.0.0.1", resolve);
	await promise;
	const { port } = server.address() as { port: number };
	return {
		origin: `http://127.0.0.1:${port}`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await promisify(server.close.bind(server))();
		},
	};
}

test("in a browser: nothing is wider than a phone, nothing is asked of others", {
	skip: chromiumMissing,
}, async () => {
	await using site = await serveSite();
	await using browser = await startChromium();
	const page = await browser.newPage({
		viewport: { width: 390, height: 844 },
		colorScheme: "dark",
	});
	const foreign: string[] = [];
	const problems: string[] = [];
	page.on("request", (request) => {
		if (
			!request.url().startsWith(site.origin) &&
			!request.url().startsWith("data:")
		) {
			foreign.push(request.url());
		}
	});
	page.on("pageerror", (error) =>
		problems.push(`${page.url()}: ${error.message}`),
	);
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") {
			problems.push(`${page.url()}: ${message.text()}`);
		}
	});
	const wide: string[] = [];
	// the hundreds of the reference are made alike
	const pages = builtPages().filter(
		({ path }) =>
			!path.includes("/reference/") ||
			/\/(?:index|App|serve)\.html$/.test(path),
	);
	for (const { path } of pages) {
		await page.goto(`${site.origin}${path}`);
		const width = await page.evaluate("document.documentElement.scrollWidth");
		if (Number(width) > 390) {
			wide.push(`${path}: ${width}`);
		}
	}
	assert.deepEqual(
		{ foreign, problems, wide },
		{ foreign: [], problems: [], wide: [] },
	);
});

test("in a browser: the search finds a page, dark is remembered, an old release opens", {
	skip: chromiumMissing,
}, async () => {
	await using site = await serveSite();
	await using browser = await startChromium();
	const page = await browser.newPage({
		viewport: { width: 1280, height: 800 },
	});
	await page.goto(`${site.origin}${base}`);
	await page.waitForURL("**/0.1/");
	await page.getByRole("button", { name: "Search" }).first().click();
	await page.getByRole("searchbox").fill("a key that is not unique");
	await page
		.locator(".VPLocalSearchBox .result", {
			hasText: "A key that is not unique",
		})
		.first()
		.click();
	await page.waitForURL("**/0.1/guide/pagination.html*");

	await page.locator(".VPNavBarAppearance .VPSwitchAppearance").click();
	await page.reload();
	assert.equal(
		await page.evaluate("document.documentElement.classList.contains('dark')"),
		true,
	);

	const list = page.locator(".VPNavBar .release-list select");
	await list
		.locator("option", { hasText: "0.0" })
		.waitFor({ state: "attached" });
	await list.selectOption("0.0");
	await page.getByText("The old release").waitFor();
	assert.equal(page.url(), `${site.origin}${base}0.0/`);
});
