import assert from "node:assert/strict";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Command, runVivace } from "./command.ts";
import { Project } from "./project.ts";

const good = `
import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "Shop" });
app.get({ path: "/items/{item_id}", response: z.object({ id: z.int(), name: z.string() }) }, { item_id: z.int() }, function read_item({ item_id }) {
	return { id: item_id, name: "chair" };
});
`;

const packages = fileURLToPath(
	new URL("../../../../node_modules", import.meta.url),
);

async function addTypeScript(project: Project): Promise<void> {
	await addPackage(project, "typescript");
	await addPackage(project, "@types");
	await project.write(
		"tsconfig.json",
		JSON.stringify({
			compilerOptions: {
				module: "nodenext",
				target: "esnext",
				lib: ["esnext"],
				noUncheckedIndexedAccess: true,
				types: ["node"],
				strict: true,
				skipLibCheck: true,
				allowImportingTsExtensions: true,
				exactOptionalPropertyTypes: true,
				noEmit: true,
			},
			files: ["app.ts"],
		}),
	);
}

suite("vivace check", () => {
	test("finds nothing in a good program, and says what it has not looked at", async () => {
		await using project = await Project.make({ "app.ts": good });
		assert.deepEqual(await runVivace(project.folder, "check"), {
			exitCode: 0,
			stdout: [
				"✔ types",
				"  note: types were not checked: TypeScript is not installed here; npm install --save-dev typescript",
				"✔ program",
				"✔ document",
				"  note: the document was not validated: npm install --save-dev @seriousme/openapi-schema-validator",
				"✔ migrations",
				"",
			].join("\n"),
			stderr: "",
		});
	});

	test("tells wrong types, hidden and unnamed routes at their place", async () => {
		await using project = await Project.make({
			"app.ts": `${good}
const count: number = "one";
app.get("/items/first", () => null);
app.get("/items/{other}", { other: z.int() }, function read_again() { return count; });
const users = new Router();
users.get("/users", () => []);
`.replace("{ App }", "{ App, Router }"),
		});
		await addTypeScript(project);
		const { exitCode, stdout } = await runVivace(project.folder, "check");
		assert.equal(exitCode, 1);
		assert.match(
			stdout,
			/^✖ types\n {2}error: app\.ts\(10,7\): error TS2322: Type 'string' is not assignable to type 'number'\.\n/,
		);
		assert.match(
			stdout,
			/✔ program\n {2}warning: GET \/items\/\{other\} .*\n|warning: GET \/items\/first/,
		);
		assert.match(
			stdout,
			/warning: GET \/items\/first: the handler has no name, so that/,
		);
		assert.match(
			stdout,
			/warning: app\.ts:13: a Router with GET \/users is included nowhere, so that no request reaches it; write app\.include\(router\)\n/,
		);
	});

	test("warns where there is no tsconfig.json", async () => {
		await using project = await Project.make({ "app.ts": good });
		await addTypeScript(project);
		await rm(project.path("tsconfig.json"));
		const { exitCode, stdout } = await runVivace(project.folder, "check");
		assert.equal(exitCode, 0);
		assert.match(stdout, /warning: there is no tsconfig\.json/);
	});

	const broken: [name: string, program: string, message: RegExp][] = [
		[
			"a setting that is missing",
			`import { settings } from "vivace/settings";\nimport { z as zod } from "zod";\nsettings({ token: zod.string() });\n${good}`,
			/✖ program\n {2}error: app\.ts could not be loaded\n[\s\S]*TOKEN: not set; looked for in the environment/,
		],
		[
			"a package that is not installed",
			`import "no-such-schemas";\n${good}`,
			/✖ program\n {2}error: app\.ts could not be loaded\n[\s\S]*The package "no-such-schemas" is not installed: npm install no-such-schemas/,
		],
		[
			"a package of databases that is not installed",
			`import "vivace-database";\n${good}`,
			/✖ program\n {2}error: app\.ts could not be loaded\n[\s\S]*npm install vivace-database kysely/,
		],
		[
			"an override that nothing reaches",
			`${good}\nimport { dependency } from "vivace";\napp.overrides.set(dependency(() => 1), dependency(() => 2));\n`,
			/✖ program\n {2}error: VIV_DEPENDENCY: overrides\.set\(/,
		],
		[
			"a route that can't be",
			`${good}\napp.get("/items/:id", function express() {});\n`,
			/✖ program\n {2}error: [\s\S]*VIV_PATH.*\{id\}/,
		],
	];
	for (const [name, program, message] of broken) {
		test(`tells ${name}`, async () => {
			await using project = await Project.make({ "app.ts": program });
			const { exitCode, stdout } = await runVivace(project.folder, "check");
			assert.equal(exitCode, 1);
			assert.match(stdout, message);
		});
	}

	test("tells migrations that are pending, and a database that can't be asked", async () => {
		const program = (url: string, onStart = "") => `
import { database } from "vivace/database";
import { App } from "vivace";
const notes = database("${url}", { migrations: { "001_note": { up: (db) => db.schema.createTable("note").addColumn("id", "integer").execute() } }${onStart} });
export const app = new App();
app.get("/", { notes }, function read_root() {});
`;
		await using project = await Project.make({
			"app.ts": program("sqlite:notes.db"),
		});
		await addPackage(project, "kysely");
		await addPackage(project, "vivace-database");
		const runAtStart = await runVivace(project.folder, "check");
		assert.equal(runAtStart.exitCode, 0);
		assert.match(
			runAtStart.stdout,
			/✔ migrations\n {2}note: \S+: 001_note is pending; the app runs it when it starts\n/,
		);
		await project.write(
			"app.ts",
			program("sqlite:notes.db", ', onStart: "check"'),
		);
		const pending = await runVivace(project.folder, "check");
		assert.equal(pending.exitCode, 1);
		assert.match(
			pending.stdout,
			/✖ migrations\n {2}error: \S+: 001_note is pending; run vivace db migrate\n/,
		);
		const skipped = await runVivace(project.folder, "check", "--no-database");
		assert.equal(skipped.exitCode, 0);
		await project.write("app.ts", program("sqlite:app.ts/notes.db"));
		const unasked = await runVivace(project.folder, "check");
		assert.match(
			unasked.stdout,
			/✔ migrations\n {2}warning: \S+ could not be asked: [\s\S]*app\.ts\/notes\.db[\s\S]*--no-database/,
		);
	});

	test("--against tells what breaks clients of a saved document", async () => {
		await using project = await Project.make({ "app.ts": good });
		await runVivace(project.folder, "openapi", "--output", "before.json");
		const words = ["check", "--against", "before.json"];
		const same = await runVivace(project.folder, ...words);
		assert.equal(same.exitCode, 0);
		assert.match(same.stdout, /✔ clients of before\.json\n/);
		await project.write(
			"app.ts",
			good.replace("name: z.string()", "name: z.string().nullable()"),
		);
		const changed = await runVivace(project.folder, ...words);
		assert.equal(changed.exitCode, 1);
		assert.match(
			changed.stdout,
			/✖ clients of before\.json\n {2}error: GET \/items\/\{item_id\}: answer 200\.name: may be null now\n/,
		);
		const json = await runVivace(project.folder, ...words, "--json");
		assert.deepEqual(JSON.parse(json.stdout)[3], {
			name: "clients of before.json",
			findings: [
				{
					level: "error",
					text: "GET /items/{item_id}: answer 200.name: may be null now",
				},
			],
		});
	});

	test("--against a file that is none says how to write it", async () => {
		await using project = await Project.make({
			"app.ts": good,
			"other.json": "{}",
		});
		for (const file of ["missing.json", "other.json", "app.ts"]) {
			const { exitCode, stderr } = await runVivace(
				project.folder,
				...["check", "--against", file],
			);
			assert.equal(exitCode, 1);
			assert.match(
				stderr,
				new RegExp(
					`write it with vivace openapi --output|write the file with vivace openapi --output ${file}`,
				),
			);
		}
	});
});

async function addPackage(project: Project, name: string): Promise<void> {
	const path = join(project.folder, "node_modules", name);
	await symlink(join(packages, name), path, "junction");
}

test("vivace dev --types shows type errors at each change, and their end", async () => {
	await using project = await Project.make({ "app.ts": good });
	await addTypeScript(project);
	await using dev = new Command(
		project.folder,
		...["dev", "--port", "0", "--types"],
	);
	await dev.writes(/No type errors\n/);
	await project.write("app.ts", `${good}const count: number = "one";\n`);
	await dev.writes(/app\.ts.*error TS2322/);
	await project.write("app.ts", good);
	await dev.writes(/No type errors\n/);
	dev.kill("SIGTERM");
	assert.equal(await dev.ended, 0);
});
