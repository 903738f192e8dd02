import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import {
	mkdir,
	mkdtemp,
	readFile,
	rename,
	rm,
	writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { readEntries } from "../scripts/public-names.ts";
import { assertServiceRuns } from "./oldest-node/assert-service.ts";
import { examplePrograms, markdownPrograms } from "./programs.ts";
import {
	installInto,
	installOnce,
	lockedVersions,
	pack,
	run,
	shell,
} from "./published.ts";
import { deadLinks, root } from "./source-files.ts";
import { typeCheck } from "./type-check.ts";

// 53 MB to download and 190 MB on the disk, once: a package of npm, kept in node_modules/.cache
const oldestNode = "24.5.0";

suite("the package as it is published", () => {
	let folder: string;
	let project: string;

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "vivace-package-"));
		project = join(folder, "project");
		await mkdir(project);
		await installInto(project, [
			await pack(folder, "vivace"),
			await pack(folder, "vivace-database"),
			// not mysql2 and pg, which are for servers only
			...(await lockedVersions("zod", "kysely", "@types/node")),
		]);
		await writeFile(join(project, "main.ts"), program());
		await writeFile(join(project, "app.js"), appProgram);
		await writeFile(join(project, "tsconfig.json"), compilerOptions);
	});

	after(() => rm(folder, { recursive: true }));

	test("holds JavaScript, declarations, README and licence, and sources for the maps alone", async () => {
		const installed = join(project, "node_modules/vivace");
		for (const file of Object.values(readEntries())) {
			const name = file.replace("./src/", "").replace(/\.ts$/, "");
			assert.ok(existsSync(join(installed, `${name}.js`)), name);
			assert.ok(existsSync(join(installed, `${name}.d.ts`)), name);
			assert.ok(!existsSync(join(installed, `${name}.ts`)), name);
		}
		assert.ok(existsSync(join(installed, "README.md")));
		assert.ok(existsSync(join(installed, "LICENSE")));
	});

	test("has source maps that name the sources within the package", async () => {
		const installed = join(project, "node_modules/vivace");
		const maps = globSync("*.js.map", { cwd: installed });
		const named = new Set<string>();
		for (const map of maps) {
			const text = await readFile(join(installed, map), "utf8");
			const { sources, sourcesContent } = JSON.parse(text);
			assert.equal(sourcesContent, undefined); // Deno reads the maps at each start
			for (const path of sources) {
				assert.match(path, /^src\/[\w/-]+\.ts$/);
				assert.ok(existsSync(join(installed, path)), path);
				named.add(path);
			}
		}
		assert.ok(named.has("src/app/app.ts"));
	});

	test("has databases in a package of their own, with JavaScript, declarations, README and licence", () => {
		const installed = join(project, "node_modules/vivace-database");
		const files = ["index.js", "index.d.ts", "README.md", "LICENSE"];
		assert.deepEqual(
			files.filter((file) => !existsSync(join(installed, file))),
			[],
		);
		assert.ok(!existsSync(join(installed, "index.ts")));
		assert.deepEqual(deadLinks(join(installed, "README.md")), []);
	});

	test("has pages whose links lead somewhere", () => {
		const installed = join(project, "node_modules/vivace");
		const pages = globSync("{*,docs/**/*}.md", { cwd: installed });
		assert.ok(pages.includes("README.md"));
		assert.deepEqual(
			pages.flatMap((page) => deadLinks(join(installed, page))),
			[],
		);
	});

	test("marks what only the framework itself may use, and publishes none of it", async () => {
		const installed = join(project, "node_modules/vivace");
		const declarations = globSync("**/*.d.ts", { cwd: installed });
		declarations.push(
			...globSync("../vivace-database/**/*.d.ts", { cwd: installed }),
		);
		for (const file of declarations) {
			const text = await readFile(join(installed, file), "utf8");
			assert.doesNotMatch(text, /@internal/, file);
		}
	});

	test("shows its package.json to those who ask for it", () => {
		const path = createRequire(join(project, "main.js")).resolve(
			"vivace/package.json",
		);
		assert.equal(dirname(path), join(project, "node_modules/vivace"));
	});

	test("a program that uses every entry compiles against its declarations", async () => {
		const tsc = join(root, "node_modules/.bin/tsc");
		const { stdout } = await run(tsc, ["--project", project], {
			cwd: project,
			shell,
		}).catch((error) => error);
		assert.equal(stdout, "");
	});

	test("all programs of the documentation compile against its declarations", async () => {
		const modules = join(project, "node_modules");
		const { errors } = await typeCheck(
			{ ...examplePrograms(), ...markdownPrograms() },
			{
				vivace: join(modules, "vivace"),
				"vivace-database": join(modules, "vivace-database"),
			},
		);
		assert.equal(errors, "");
	});

	test("the program runs on the Node of development", async () => {
		await assertRuns(process.execPath, project);
	});

	test("the program runs on the oldest Node that is supported", async () => {
		await assertRuns(await installOldestNode(), project);
	});

	test("a service with a database, sockets, events, uploads, files and workers runs on the oldest Node that is supported", async () => {
		await assertServiceRuns(await installOldestNode(), project);
	});

	test("on a Node that does not dispose of what functions refer to, package and command say which is needed", async () => {
		const preload =
			"data:text/javascript,Object.defineProperty(process,'version',{value:'v24.4.1'})";
		const said = /Vivace needs Node 24\.5 or later; this is v24\.4\.1\.\n/;
		const started = (...words: string[]) =>
			run(process.execPath, ["--import", preload, ...words], { cwd: project });
		await assert.rejects(started("app.js"), said);
		await assert.rejects(
			started("node_modules/vivace/vivace.js", "routes"),
			({ stderr }: { stderr: string }) => {
				assert.match(stderr, said);
				assert.doesNotMatch(stderr, /\n {4}at /);
				return true;
			},
		);
	});

	test("without the packages of databases a program says what to install, and which line asks for it", async () => {
		await writeFile(
			join(project, "notes.ts"),
			'import { App } from "vivace";\nimport { database } from "vivace/database";\n\ndatabase("sqlite::memory:");\nexport const app = new App();\n',
		);
		await writeFile(join(project, "away.ts"), 'import "./notes.ts";\n');
		for (const name of ["kysely", "vivace-database"]) {
			const installed = join(project, "node_modules", name);
			await rename(installed, `${installed}-away`);
			const { stderr } = await run(process.execPath, ["away.ts"], {
				cwd: project,
			}).catch((error) => error);
			await rename(`${installed}-away`, installed);
			assert.match(
				stderr,
				/^SetupError: VIV_OPTION: vivace\/database needs two packages beside vivace: npm install vivace-database kysely\.\n {4}at notes\.ts:2 \{$/m,
			);
			assert.doesNotMatch(stderr, /ERR_MODULE_NOT_FOUND/);
		}
	});

	test("on an older Node every entry says which it needs", async () => {
		const node = await installNode("22.13.0");
		for (const entry of Object.keys(readEntries())) {
			const text = `import "vivace${entry.slice(1)}";`;
			await assert.rejects(
				run(node, ["--input-type=module", "-e", text], { cwd: project }),
				/Error: Vivace needs Node 24\.5 or later; this is v22\.13\.0\./,
				entry,
			);
		}
	});

	test("the command lists routes, and serves in a process that it starts", async () => {
		for (const node of [process.execPath, await installOldestNode()]) {
			await assertCommandRuns(node, project);
		}
	});
});

const compilerOptions = JSON.stringify({
	compilerOptions: {
		target: "esnext",
		module: "nodenext",
		lib: ["esnext"],
		types: ["node"],
		strict: true,
		declaration: true,
		exactOptionalPropertyTypes: true,
		outDir: "out",
		rootDir: ".",
	},
	files: ["main.ts"],
});

/** Exports of a user's library with declarations of its own: the compiler must be able to write their types by public names. */
const nameable = `
export const pool = dependency(function pool() { return { size: 1 }; }, { scope: "app" });
export const user = dependency({ pool, q: Query(z.string()) }, async ({ pool, q }) => ({ pool, q }));
export const use = Depends(user, { useCache: false });
export const query = Query(z.int());
export const body = Body(z.object({ a: z.string() }), { embed: true });
export const router = new Router({ prefix: "/x" });
export const run = () => serve(app);
export const stopApp = () => app.stop();
export const scope = () => app.scope();
export const clientOf = (request: Request) => request.client;
export const stateOf = (request: Request) => request.state;
export const headersOf = (request: Request) => request.headers;
export const detailOf = (error: HTTPException) => error.detail;
export const errorsOf = (error: RequestValidationError) => error.errors;
export const overrides = app.overrides;
export const documentOf = () => app.openapi();
export const responses = { 404: { description: "none" } };
export const start = () => TestClient.start(app);
`;

function program(): string {
	const entries = Object.keys(readEntries());
	const imports = entries.map(
		(entry, index) =>
			`import * as entry${index} from "vivace${entry.slice(1)}";`,
	);
	const checks = entries.map(
		(entry, index) =>
			`if (Object.keys(entry${index}).length === 0) throw new Error("${entry} exports nothing");`,
	);
	return `${imports.join("\n")}
import { App, Body, Depends, dependency, Form, HTTPException, Query, Request, Router, serve, UploadFile } from "vivace";
import { RequestValidationError } from "vivace/exceptions";
import { TestClient } from "vivace/testing";
import { z } from "zod";

${checks.join("\n")}
import { openDatabase } from "vivace-database";
await using notes = await openDatabase<{ note: { text: string } }>({ url: "sqlite::memory:" });
await notes.db.schema.createTable("note").addColumn("text", "text").execute();
if ((await notes.db.selectFrom("note").selectAll().execute()).length > 0) throw new Error("a new database is not empty");
const app = new App();
app.get("/items/{item_id}", { item_id: z.int() }, ({ item_id }) => ({
	item_id: item_id satisfies number,
}));
app.post("/files", { file: UploadFile, note: Form(z.string()) }, async ({ file }) => ({
	size: file.size,
	start: (await file.slice(0, 2).text()) satisfies string,
}));
${nameable}
await using client = await TestClient.start(app);
const response = await client.get("/items/3");
console.log(JSON.stringify(await response.json()));
const files = { file: "ab".repeat(1_000_000) };
const uploaded = await client.post("/files", { form: { note: "x" }, files });
console.log(await uploaded.text());
`;
}

async function assertRuns(node: string, project: string): Promise<void> {
	const { stdout, stderr } = await run(
		node,
		// Node 24 calls its own SQLite, which vivace/database uses, an experiment
		["--disable-warning=ExperimentalWarning", "out/main.js"],
		{ cwd: project, shell },
	);
	assert.deepEqual(
		{ stdout, stderr },
		{
			stdout: '{"item_id":3}\n{"size":2000000,"start":"ab"}\n',
			stderr: "",
		},
	);
}

const appProgram = `import { App } from "vivace";
export const app = new App();
app.get("/", function read_root() {});
`;

async function assertCommandRuns(node: string, cwd: string): Promise<void> {
	const command = "node_modules/vivace/vivace.js";
	const { stdout } = await run(node, [command, "routes"], { cwd, shell });
	assert.match(stdout, /\nGET +\/ +read_root +-\n$/);
	const dev = spawn(node, [command, "dev", "--port=0"], { cwd });
	const ended = once(dev, "close");
	for await (const chunk of dev.stdout) {
		if (String(chunk).includes("is listening")) {
			dev.kill();
		}
	}
	assert.deepEqual(await ended, [0, null]);
}

function installOldestNode(): Promise<string> {
	return installNode(oldestNode);
}

async function installNode(version: string): Promise<string> {
	const folder = await installOnce(`node@${version}`);
	return join(folder, "node_modules/.bin/node");
}
