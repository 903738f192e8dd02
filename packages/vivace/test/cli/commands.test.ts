import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { runVivace } from "./command.ts";
import { Project } from "./project.ts";

const program = `
import { App, Depends, dependency, Router } from "vivace";
import { z } from "zod";

console.log("loading");
export const pool = dependency(async function* pool() { yield {}; }, { scope: "app" });
const user = dependency({ token: z.string() }, function user() { return "Ada"; });
const session = dependency({ pool, user }, function* session() { yield {}; }, { scope: "function" });

export const app = new App({ title: "Shop" });
app.get("/items/{item_id}", { item_id: z.int(), session }, function read_item() {});
app.route(["PUT", "PATCH"], { path: "/items", dependencies: [user] }, () => {});
const router = new Router({ prefix: "/admin" });
router.delete("/items", { session: Depends(session) }, function clear() {});
app.include(router);
const inner = new App();
inner.get("/about", function about() {});
app.mount("/inner", inner);
app.mount("/foreign", { fetch: () => new Response() });
`;

suite("vivace routes", () => {
	test("lists path operations with what they depend on, also of mounted apps", async () => {
		await using project = await Project.make({ "app.ts": program });
		assert.deepEqual(await runVivace(project.folder, "routes"), {
			exitCode: 0,
			stdout: [
				"METHOD      PATH              NAME       DEPENDENCIES",
				"GET         /items/{item_id}  read_item  pool (app), user, session (function)",
				"PUT, PATCH  /items            -          user",
				"DELETE      /admin/items      clear      pool (app), user, session (function)",
				"GET         /inner/about      about      -",
				"any         /foreign/…        -          -",
				"",
			].join("\n"),
			stderr: "loading\n",
		});
	});

	test("--json gives the same to programs", async () => {
		await using project = await Project.make({ "app.ts": program });
		const { stdout } = await runVivace(project.folder, "routes", "--json");
		assert.deepEqual(JSON.parse(stdout)[1], {
			methods: ["PUT", "PATCH"],
			path: "/items",
			name: "",
			dependencies: [{ name: "user", scope: "request" }],
			security: [],
			isPublic: false,
		});
	});

	test("says who may call what, where someone is asked for credentials", async () => {
		const secured = `
import { App, dependency, Security } from "vivace";
import { apiKeyHeader, httpBasic, oauth2PasswordBearer } from "vivace/security";

const token = oauth2PasswordBearer({ tokenUrl: "token" });
const user = dependency({ token }, function user() {});
const key = apiKeyHeader({ name: "X-Key", autoError: false });
export const app = new App();
app.get("/me", { user: Security(user, ["me", "items"]) }, function read_me() {});
app.get({ path: "/both", dependencies: [httpBasic()] }, { user }, function both() {});
app.get("/maybe", { key }, function maybe() {});
app.post({ path: "/token", public: true }, function login() {});
app.mount("/foreign", { fetch: () => new Response() });
`;
		await using project = await Project.make({ "app.ts": secured });
		const { stdout } = await runVivace(project.folder, "routes");
		assert.deepEqual(stdout.split("\n"), [
			"METHOD  PATH        NAME     WHO                              DEPENDENCIES",
			"GET     /me         read_me  OAuth2PasswordBearer (me items)  OAuth2PasswordBearer, user",
			"GET     /both       both     HTTPBasic, OAuth2PasswordBearer  HTTPBasic, OAuth2PasswordBearer, user",
			"GET     /maybe      maybe    anyone                           APIKeyHeader",
			"POST    /token      login    anyone                           -",
			"any     /foreign/…  -        its own                          -",
			"",
		]);
		const json = await runVivace(project.folder, "routes", "--json");
		const routes = JSON.parse(json.stdout);
		assert.deepEqual(routes[0].security, [
			{
				name: "OAuth2PasswordBearer",
				scopes: ["me", "items"],
				isRequired: true,
			},
		]);
		assert.equal(routes[2].security[0].isRequired, false);
		assert.equal(routes[3].isPublic, true);
	});

	test("a program that serves its app itself is looked at, not served", async () => {
		await using project = await Project.make({
			"main.ts":
				'import { App, serve } from "vivace";\nconst app = new App();\napp.get("/", function root() {});\nawait serve(app);\n',
		});
		const { stdout, exitCode } = await runVivace(project.folder, "routes");
		assert.match(stdout, /\nGET +\/ +root +-\n$/);
		assert.equal(exitCode, 0);
	});
});

suite("vivace openapi", () => {
	test("prints the document, and nothing else, to standard output", async () => {
		await using project = await Project.make({ "src/main.ts": program });
		const { stdout } = await runVivace(project.folder, "openapi");
		const document = JSON.parse(stdout);
		assert.equal(document.openapi, "3.1.0");
		assert.equal(document.info.title, "Shop");
		assert.ok("/items/{item_id}" in document.paths);
	});

	test("--output writes it to a file, in a folder that need not be there", async () => {
		await using project = await Project.make({ "shop.ts": program });
		const words = ["openapi", "shop.ts", "--output", "out/openapi.json"];
		const { stdout, exitCode } = await runVivace(project.folder, ...words);
		assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 0 });
		const text = await readFile(project.path("out/openapi.json"), "utf8");
		assert.equal(JSON.parse(text).info.title, "Shop");
	});

	test("--document takes one of a part of the routes, by its path", async () => {
		await using project = await Project.make({
			"app.ts": `
import { App } from "vivace";
export const app = new App({ documents: [{ openapiUrl: "/public.json", tags: ["public"] }] });
app.get({ path: "/books", tags: ["public"] }, () => []);
app.get("/metrics", () => ({}));
`,
		});
		const words = ["openapi", "--document"];
		const part = await runVivace(project.folder, ...words, "/public.json");
		assert.deepEqual(Object.keys(JSON.parse(part.stdout).paths), ["/books"]);
		const wrong = await runVivace(project.folder, ...words, "/publik.json");
		assert.equal(wrong.exitCode, 1);
		assert.match(
			wrong.stderr,
			/no document at \/publik\.json; .*\/public\.json/,
		);
	});
});

suite("vivace lifespan", () => {
	test("draws what was acquired when, and releases it", async () => {
		await using project = await Project.make({
			"app.ts": `
import { App, dependency } from "vivace";
const pool = dependency(async function* pool() {
	yield {};
	console.log("released");
}, { scope: "app" });
const cache = dependency({ pool }, function cache() { return {}; }, { scope: "app" });
export const app = new App({ resources: [cache] });
`,
		});
		const { stdout, stderr, exitCode } = await runVivace(
			project.folder,
			"lifespan",
		);
		assert.match(
			stdout,
			/^2 resources, started in \d+ ms\npool {3}[█·]{40} +\d+ ms\ncache {2}[█·]{40} +\d+ ms {2}after pool\n$/,
		);
		assert.match(stderr, /released\n/);
		assert.equal(exitCode, 0);
	});

	test("a start that fails is drawn, and ends it with 1", async () => {
		await using project = await Project.make({
			"app.ts": `
import { App, dependency } from "vivace";
const pool = dependency(async function pool() { throw new Error("no route to host"); }, { scope: "app" });
const cache = dependency({ pool }, function cache() {}, { scope: "app" });
export const app = new App({ resources: [cache] });
`,
		});
		const { stdout, stderr, exitCode } = await runVivace(
			project.folder,
			"lifespan",
		);
		assert.match(
			stdout,
			/^2 resources, failed after \d+ ms\npool .* failed; no route to host\ncache {2}·+ .*waits for pool\n$/,
		);
		assert.match(stderr, /VIV_LIFESPAN: .*"pool".*no route to host/);
		assert.equal(exitCode, 1);
	});

	test("an app without resources says so", async () => {
		await using project = await Project.make({
			"app.ts": 'import { App } from "vivace";\nexport default new App();\n',
		});
		const { stdout } = await runVivace(project.folder, "lifespan");
		assert.equal(stdout, "The app has no resources\n");
	});
});

suite("a command line that can't be followed", () => {
	const wrong: readonly (readonly [
		string,
		readonly string[],
		number,
		RegExp,
	])[] = [
		["an unknown command", ["rutes"], 2, /Did you mean routes\?/],
		["an unknown option", ["dev", "--prot", "1"], 2, /Did you mean --port\?/],
		["a port out of range", ["run", "--port", "65536"], 2, /from 0 to 65535/],
		[
			"a missing file",
			["dev", "shop.ts"],
			1,
			/^there is no file "shop\.ts" in /,
		],
		["no file at all", ["run"], 1, /^no program found: .*name the file/],
		[
			"a program without an app",
			["run", "empty.ts"],
			1,
			/^empty\.ts exports no app; write "export const app = new App\(\)", or call serve\(app\)\n$/,
		],
		[
			"a program with several apps",
			["openapi", "two.ts"],
			1,
			/^two\.ts exports several apps; choose one with --app first or --app second\n$/,
		],
		[
			"a name that is not exported",
			["routes", "two.ts", "--app", "third"],
			1,
			/^two\.ts exports no "third"; it exports first, second\n$/,
		],
		[
			"a mistake in plain JavaScript",
			["routes", "imports.js"],
			1,
			/^imports\.js could not be loaded\n.*broken\.js:1\nconst a = ;\n *\^\n\nSyntaxError: Unexpected token ';'\n$/,
		],
	];

	for (const [name, words, exitCode, message] of wrong) {
		test(`${name} ends it with ${exitCode} and a word of advice`, async () => {
			await using project = await Project.make({
				"empty.ts": "",
				"two.ts":
					'import { App } from "vivace";\nexport const first = new App();\nexport const second = new App();\n',
				"imports.js": 'import "./broken.js";\n',
				"broken.js": "const a = ;\n",
			});
			const outcome = await runVivace(project.folder, ...words);
			assert.match(outcome.stderr, message);
			assert.equal(outcome.stdout, "");
			assert.equal(outcome.exitCode, exitCode);
		});
	}

	test("every command has its help", async () => {
		await using project = await Project.make({});
		for (const name of ["dev", "run", "routes", "openapi", "lifespan"]) {
			const { stdout, exitCode } = await runVivace(
				project.folder,
				...[name, "--help"],
			);
			assert.match(stdout, new RegExp(`^Usage: vivace ${name} \\[options\\]`));
			assert.equal(exitCode, 0);
		}
	});
});

test("a module in a package of CommonJS is told what to write where", async () => {
	await using project = await Project.make({
		"package.json": '{ "type": "commonjs" }',
		"app.ts": program,
	});
	const { exitCode, stderr } = await runVivace(project.folder, "routes");
	assert.equal(exitCode, 1);
	assert.match(
		stderr,
		/It is a module, but the nearest package\.json does not say so: write "type": "module" into package\.json\n$/,
	);
});

test("vivace new makes a project with what it is given", async () => {
	await using project = await Project.make({});
	const words = ["my-shop", "--template", "minimal", "--no-install"];
	const { exitCode, stdout } = await runVivace(project.folder, "new", ...words);
	assert.equal(exitCode, 0);
	assert.match(stdout, /my-shop: 16 files in my-shop/);
	const file = project.path("my-shop/package.json");
	assert.equal(JSON.parse(await readFile(file, "utf8")).name, "my-shop");
});
