import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import {
	cp,
	mkdir,
	mkdtemp,
	readFile,
	rename,
	rm,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import {
	installInto,
	installOnce,
	lockedVersions,
	pack,
	packFolder,
	run,
	shell,
	withoutNpm,
} from "./published.ts";
import { root } from "./source-files.ts";

const names = ["vivace", "vivace-database", "create-vivace"];

/** Packages that are loaded when they are needed, and that this program does not need. */
const drivers = [
	...["pg", "mysql2", "redis", "jose", "bcrypt", "eta"],
	"mysql2/promise",
];

const program = `import { App, serve } from "vivace";
import { database } from "vivace/database";
import { z } from "zod";

const notes = database({ url: "sqlite::memory:" });
const app = new App({ title: "Bundled", dependencies: [notes] });

app.get("/items/{item_id}", { item_id: z.int() }, function read_item({ item_id }) {
	return { item_id };
});

await serve(app, { port: 0 });
`;

/** Each makes `main.mjs` of a project's `main.ts`, as the guide says. */
const bundlers: Record<
	string,
	(project: string, target: string) => Promise<unknown>
> = {
	esbuild: (project, target) =>
		build({
			entryPoints: [join(project, "main.ts")],
			bundle: true,
			platform: "node",
			format: "esm",
			keepNames: true,
			external: drivers,
			logLevel: "silent",
			outfile: join(target, "main.mjs"),
		}),
	async rolldown(project, target) {
		const bundle = await rolldown({
			input: join(project, "main.ts"),
			platform: "node",
			external: drivers,
			logLevel: "silent",
		});
		await bundle.write({
			dir: target,
			format: "esm",
			keepNames: true,
			codeSplitting: false,
			entryFileNames: "main.mjs",
		});
		await bundle.close();
	},
	async bun(project, target) {
		const bun = join(root, "node_modules/.bin/bun");
		await run(
			bun,
			[
				...["build", join(project, "main.ts"), "--target=node"],
				...drivers.flatMap((name) => ["--external", name]),
				...["--outfile", join(target, "main.mjs")],
			],
			{ cwd: project, shell },
		);
	},
};

suite("the packages, as tools of others see them", () => {
	let folder: string;
	const tarballs = new Map<string, string>();

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "vivace-tools-"));
		for (const name of names) {
			const source = join(root, "packages", name);
			tarballs.set(
				name,
				name === "create-vivace"
					? await packFolder(folder, source)
					: await pack(folder, name),
			);
		}
	});

	after(() => rm(folder, { recursive: true }));

	test("publint finds nothing to say", async () => {
		const bin = join(await installOnce("publint@0.3.25"), "node_modules/.bin");
		for (const [name, tarball] of tarballs) {
			const words = [tarball, "--strict"];
			const { stdout } = await run(join(bin, "publint"), words, { shell });
			assert.match(stdout, /All good!/, name);
		}
	});

	test("every entry has its types, wherever they are looked for", async () => {
		const tool = await installOnce("@arethetypeswrong/cli@0.18.5");
		const bin = join(tool, "node_modules/.bin/attw");
		for (const [name, tarball] of tarballs) {
			const words = [tarball, "--profile", "esm-only", "--format", "json"];
			const { stdout } = await run(bin, words, {
				shell,
				maxBuffer: 100_000_000,
			});
			const { analysis } = JSON.parse(stdout);
			const problems = analysis.problems.filter(
				// who writes `require` gets the same module; before Node 22 there was a problem
				({ kind }: { kind: string }) => kind !== "CJSResolvesToESM",
			);
			assert.deepEqual(problems, [], name);
		}
	});

	test("each says what it is, and that unused parts may be left out", async () => {
		for (const [name, tarball] of tarballs) {
			const { stdout } = await run("tar", [
				"-xzOf",
				tarball,
				"package/package.json",
			]);
			const packed = JSON.parse(stdout);
			assert.equal(packed.name, name);
			assert.ok(packed.description.length > 20, name);
			assert.ok(packed.keywords.length >= 4, name);
			assert.match(packed.homepage, /^https:\/\/\S+$/, name);
			assert.equal(packed.license, "MIT");
			assert.ok(Array.isArray(packed.sideEffects), name);
			assert.equal(packed.exports["./package.json"], "./package.json");
		}
	});

	suite("bundled into one file, with the files beside it that the guide names", () => {
		let project: string;
		before(async () => {
			project = join(folder, "project");
			await mkdir(project);
			await installInto(project, [
				tarballs.get("vivace") ?? "",
				tarballs.get("vivace-database") ?? "",
				...(await lockedVersions("zod", "kysely")),
			]);
			await writeFile(join(project, "main.ts"), program);
		});

		for (const [name, bundle] of Object.entries(bundlers)) {
			test(`by ${name}: it serves, its pages open, and it ends well`, async () => {
				const target = join(folder, name);
				await bundle(project, join(project, "dist"));
				// nothing of the project is near it any more
				await rename(join(project, "dist"), target);
				const installed = join(project, "node_modules/vivace");
				for (const beside of ["assets", "watchdog-thread.js"]) {
					await cp(join(installed, beside), join(target, beside), {
						recursive: true,
					});
				}
				await assertServesPages(target);
			});
		}
	});

	test("source maps name sources that are in the package", async () => {
		const modules = join(folder, "project/node_modules");
		for (const name of ["vivace", "vivace-database"]) {
			const installed = join(modules, name);
			const maps = globSync("*.js.map", { cwd: installed });
			assert.ok(maps.length > 0);
			for (const map of maps) {
				const text = await readFile(join(installed, map), "utf8");
				const { sources } = JSON.parse(text);
				assert.ok(sources.length > 0, map);
				for (const source of sources) {
					assert.ok(existsSync(join(installed, source)), `${map}: ${source}`);
				}
			}
		}
	});
});

async function assertServesPages(folder: string): Promise<void> {
	const server = spawn(process.execPath, ["main.mjs"], {
		cwd: folder,
		env: withoutNpm(),
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ended = once(server, "close");
	let output = "";
	server.stderr.on("data", (chunk) => (output += chunk));
	for await (const chunk of server.stdout) {
		output += chunk;
		const [, url] = /listening on (http:\S+)/.exec(String(chunk)) ?? [];
		if (url !== undefined) {
			await assertPagesLoad(url);
			server.kill("SIGTERM");
		}
	}
	assert.deepEqual(await ended, [0, null], output);
	assert.doesNotMatch(output, /bundled|minifier|warn/i, basename(folder));
}

/** The pages, and each script and style sheet of ours that they name. */
async function assertPagesLoad(url: string): Promise<void> {
	const get = (path: string) =>
		fetch(new URL(path, url), { headers: { connection: "close" } });
	assert.deepEqual(await (await get("/items/3")).json(), { item_id: 3 });
	const document = (await (await get("/openapi.json")).json()) as {
		paths: Record<string, { get: { operationId: string } }>;
	};
	assert.equal(
		document.paths["/items/{item_id}"]?.get.operationId,
		"read_item_items__item_id__get",
	);
	for (const page of ["/docs", "/redoc"]) {
		const response = await get(page);
		assert.equal(response.status, 200, page);
		const html = await response.text();
		const assets = Array.from(
			html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g),
			([, path]) => path ?? "",
		);
		assert.ok(assets.length > 0, html);
		for (const path of assets) {
			const asset = await get(path);
			assert.equal(asset.status, 200, path);
			assert.ok((await asset.arrayBuffer()).byteLength > 10_000, path);
		}
	}
}
