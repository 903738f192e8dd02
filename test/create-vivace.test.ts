import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	existsSync,
	mkdirSync,
	mkdtempDisposableSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { parse } from "yaml";
import { findProgram } from "../packages/vivace/test/support/find-program.ts";
import { freePort } from "../packages/vivace/test/support/free-port.ts";
import { Postgres } from "../packages/vivace/test/support/postgres.ts";
import { until } from "../packages/vivace/test/support/until.ts";
import { buildContainer, openFolder } from "./deploy/container.ts";
import {
	installInto,
	installOnce,
	npm,
	pack,
	packFolder,
	quietInstall,
	run,
	withoutNpm,
} from "./published.ts";
import { root } from "./source-files.ts";

const templates = ["minimal", "sqlite"];

suite("create-vivace, as it is published", () => {
	let folder: string;
	let program: string;
	const tarballs = new Map<string, string>();

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "vivace-create-"));
		for (const name of ["vivace", "vivace-database"]) {
			tarballs.set(name, await pack(folder, name));
		}
		const creator = join(folder, "creator");
		mkdirSync(creator);
		const source = join(root, "packages/create-vivace");
		await installInto(creator, [await packFolder(folder, source)]);
		program = join(creator, "node_modules/create-vivace/main.mjs");
	});

	after(() => rm(folder, { recursive: true }));

	/** A new project whose packages of ours are the packed ones. */
	async function create(name: string, template: string): Promise<string> {
		const words = [name, "--template", template, "--no-install"];
		const { stdout } = await run(process.execPath, [program, ...words], {
			cwd: folder,
		});
		assert.match(stdout, new RegExp(`Next:\n  cd ${name}\n  npm install\n`));
		const project = join(folder, name);
		const file = join(project, "package.json");
		const text = readFileSync(file, "utf8");
		const packages = JSON.parse(text);
		assert.equal(packages.name, name);
		for (const [each, tarball] of tarballs) {
			if (packages.dependencies[each] !== undefined) {
				packages.dependencies[each] = `file:${tarball}`;
			}
		}
		writeFileSync(file, `${JSON.stringify(packages, undefined, "\t")}\n`);
		return project;
	}

	for (const template of templates) {
		test(`${template}: its tests, types, lint and check pass, and it serves`, async () => {
			const project = await create(`my-${template}`, template);
			await npm(project, ["install", ...quietInstall]);
			await npm(project, ["test"]);
			await npm(project, ["run", "types"]);
			await npm(project, ["run", "lint"]);
			await npm(project, ["run", "check"]);
			await assertServes(project);
			await assertIsDebugged(project);
		});
	}

	test("postgres: its tests, types and lint pass, and it serves what it has migrated", {
		skip: Postgres.missing ?? false,
	}, async () => {
		await using server = await Postgres.start();
		const { user, password, port, database } = server.account;
		const url = `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
		const project = await create("my-postgres", "postgres");
		await npm(project, ["install", ...quietInstall]);
		const env = {
			...withoutNpm(),
			TEST_DATABASE_URL: url,
			DATABASE_URL: url,
		};
		const { migrate } = composed(project).services;
		await run(migrate.command[0] ?? "", migrate.command.slice(1), {
			cwd: project,
			env,
		});
		for (const script of ["types", "lint", "migrate", "test"]) {
			const { stdout } = await run("npm", ["run", script], {
				cwd: project,
				env,
			});
			assert.doesNotMatch(stdout, /skipped [1-9]/);
		}
		await assertServes(project, url);
	});

	test("postgres: its compose file starts the database, migrates it, and serves what the Dockerfile makes", async () => {
		const project = await create("composed", "postgres");
		const { app, migrate, postgres } = composed(project).services;
		const { depends_on: needed, environment } = app;
		assert.equal(needed.migrate?.condition, "service_completed_successfully");
		assert.equal(migrate.depends_on.postgres?.condition, "service_healthy");
		assert.ok(postgres.healthcheck);
		assert.deepEqual(migrate.environment, environment);
		const url = new URL(environment.DATABASE_URL ?? "");
		assert.deepEqual(
			[url.hostname, url.username, url.password, url.pathname],
			[
				"postgres",
				postgres.environment.POSTGRES_USER,
				postgres.environment.POSTGRES_PASSWORD,
				`/${postgres.environment.POSTGRES_DB}`,
			],
		);
		assert.ok(existsSync(join(project, "Dockerfile")));
		const compose = findProgram("docker-compose");
		if (compose !== undefined) {
			await run(compose, ["config", "--quiet"], { cwd: project });
		}
	});

	test("what its Dockerfile says makes a service that is not root, is healthy, and ends by a signal", {
		skip: process.platform === "linux" ? false : "looks into /proc",
	}, async () => {
		const project = await create("by-container", "sqlite");
		const place = join(folder, "container");
		mkdirSync(place);
		await openFolder(folder);
		const text = readFileSync(join(project, "Dockerfile"), "utf8");
		const container = await buildContainer(project, text, place);
		assert.ok(!existsSync(container.path("app/node_modules/typescript")));
		assert.ok(!existsSync(container.path("app/test")));
		const variables = { PORT: String(await freePort()) };
		assert.equal(await container.health(variables), 1);
		const service = container.start(variables);
		const ended = once(service, "close");
		await until(async () => {
			assert.equal(service.exitCode, null);
			return (await container.health(variables)) === 0;
		});
		const status = readFileSync(`/proc/${service.pid}/status`, "utf8");
		assert.doesNotMatch(status, /^Uid:\t0\t/m);
		const note = JSON.stringify({ title: "first", text: "kept" });
		const headers = { "content-type": "application/json", connection: "close" };
		const url = `http://127.0.0.1:${variables.PORT}/notes`;
		const response = await fetch(url, { method: "POST", headers, body: note });
		assert.equal(response.status, 201, await response.text());
		assert.ok(existsSync(container.path("app/data/notes.db")));
		process.kill(Number(service.pid), "SIGTERM");
		assert.deepEqual(await ended, [0, null]);
	});

	for (const manager of ["pnpm@10.24.0", "yarn@1.22.22"]) {
		test(`works with ${manager}`, async () => {
			const [name = ""] = manager.split("@");
			const bin = join(await installOnce(manager), "node_modules/.bin", name);
			const project = await create(`by-${name}`, "sqlite");
			const options = { cwd: project, env: withoutNpm() };
			await run(bin, ["install"], options);
			await run(bin, ["run", "test"], options);
			await assertServes(project);
		});
	}

	test("works with Bun as package manager", async () => {
		const bun = join(root, "node_modules/.bin/bun");
		const project = await create("by-bun", "sqlite");
		const options = { cwd: project, env: withoutNpm() };
		await run(bun, ["install"], options);
		await run(bun, ["run", "test"], options);
		await assertServes(project);
	});
});

/** It listens, answers, and ends well when it is told to. */
async function assertServes(
	project: string,
	url = "sqlite::memory:",
): Promise<void> {
	const variables = { PORT: "0", DATABASE_URL: url };
	await assertStarts(project, ["src/main.ts"], variables);
}

/** As the editor's settings start it, with the variables of `.env.example` where nobody says otherwise. */
async function assertIsDebugged(project: string): Promise<void> {
	const read = (path: string) => readFileSync(join(project, path), "utf8");
	const { configurations } = JSON.parse(read(".vscode/launch.json"));
	const { program, env, type, request } = configurations[0];
	assert.deepEqual([type, request], ["node", "launch"]);
	const file = program.replace(/\$\{workspaceFolder\}/, project);
	const port = await freePort();
	const example = read(".env.example");
	assert.match(example, /^PORT=8000$/m);
	const path = join(project, ".env");
	writeFileSync(path, example.replace("PORT=8000", `PORT=${port}`));
	const url = await assertStarts(project, ["--inspect=0", file], env);
	assert.equal(url, `http://127.0.0.1:${port}`);
	rmSync(path);
}

/** Starts it, asks whether it is ready, and ends it; gives its address. */
async function assertStarts(
	project: string,
	words: readonly string[],
	variables: Readonly<Record<string, string>>,
): Promise<string | undefined> {
	const server = spawn(process.execPath, words, {
		cwd: project,
		env: { ...withoutNpm(), ...variables },
		stdio: ["ignore", "pipe", "inherit"],
	});
	let address: string | undefined;
	const ended = once(server, "close");
	for await (const chunk of server.stdout) {
		const [, url] = /listening on (http:\S+)/.exec(String(chunk)) ?? [];
		if (url !== undefined) {
			address = url;
			const response = await fetch(`${url}/readyz`, {
				headers: { connection: "close" },
			});
			assert.equal(response.status, 200);
			server.kill("SIGTERM");
		}
	}
	assert.deepEqual(await ended, [0, null]);
	return address;
}

const creator = join(root, "packages/create-vivace/main.mjs");

/** The command line in a folder: exit code and output. */
async function runIn(cwd: string, ...words: readonly string[]) {
	const child = spawn(process.execPath, [creator, ...words], {
		cwd,
		env: withoutNpm(),
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	child.stdout.on("data", (chunk) => (output += chunk));
	child.stderr.on("data", (chunk) => (output += chunk));
	const [code] = await once(child, "close");
	return { code, output };
}

suite("the command line of create-vivace", () => {
	test("refuses a folder that has files, and leaves them alone", async () => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
		writeFileSync(join(folder.path, "a.txt"), "mine");
		const { code, output } = await runIn(folder.path, ".", "--no-install");
		assert.equal(code, 1);
		assert.match(output, /"\." has files already \(a\.txt\); name a folder/);
		assert.ok(!existsSync(join(folder.path, "package.json")));
	});

	test("takes a folder that has only what Git and editors keep", async () => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
		mkdirSync(join(folder.path, "My App!/.git"), { recursive: true });
		const { code } = await runIn(folder.path, "My App!", "--no-install");
		assert.equal(code, 0);
		const file = join(folder.path, "My App!/package.json");
		assert.equal(JSON.parse(readFileSync(file, "utf8")).name, "my-app");
	});

	const wrong: [words: string[], message: RegExp][] = [
		[["a", "b"], /One folder is enough: a, b\./],
		[
			["--template", "mongo"],
			/There is no template "mongo"; there are minimal, sqlite, postgres/,
		],
		[["--tempate", "sqlite"], /Unknown option '--tempate'/],
	];
	for (const [words, message] of wrong) {
		test(`says what is wrong with ${words.join(" ")}`, async () => {
			using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
			const { code, output } = await runIn(folder.path, ...words);
			assert.equal(code, 2);
			assert.match(output, message);
			assert.match(output, /Usage: npm create vivace@latest/);
		});
	}

	const odd: [folder: string, name: string][] = [
		["vivace", "vivace-app"],
		["ZOD", "zod-app"],
		["favicon.ico", "favicon.ico-app"],
		["a b/My Shop (new)", "my-shop-new"],
		["x".repeat(230), "x".repeat(210)],
		[".hidden", "hidden"],
	];
	for (const [place, name] of odd) {
		test(`makes a name that npm takes of ${place.slice(0, 20)}`, async () => {
			using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
			const words = [place, "--no-install"];
			const { code, output } = await runIn(folder.path, ...words);
			assert.equal(code, 0, output);
			const file = join(folder.path, place, "package.json");
			assert.equal(JSON.parse(readFileSync(file, "utf8")).name, name);
			const shown = place.includes(" ") ? JSON.stringify(place) : place;
			assert.ok(output.includes(`  cd ${shown}\n`), output);
		});
	}

	test("refuses places where no service can be", async () => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
		writeFileSync(join(folder.path, "file"), "");
		const refusals: [place: string, message: RegExp][] = [
			["node_modules/shop", /is in a folder node_modules, where Node runs no/],
			["file/shop", /the folder "file\/shop" can't be made \(ENOTDIR\); name/],
			["~", /no name for a package can be made of "~"/],
		];
		for (const [place, message] of refusals) {
			const words = [place, "--no-install"];
			const { code, output } = await runIn(folder.path, ...words);
			assert.equal(code, 1);
			assert.match(output, message);
			assert.ok(!existsSync(join(folder.path, place)), place);
		}
	});

	test("says of a file that it is none, and of a name that it has no letter", async () => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-create-"));
		writeFileSync(join(folder.path, "file"), "");
		assert.match(
			(await runIn(folder.path, "file", "--no-install")).output,
			/"file" is a file; name a folder/,
		);
		assert.match(
			(await runIn(folder.path, "…", "--no-install")).output,
			/no name for a package can be made of "…"/,
		);
	});
});

interface Service {
	readonly command: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	readonly depends_on: Readonly<Record<string, { readonly condition: string }>>;
	readonly healthcheck?: object;
}

function composed(project: string): {
	readonly services: Readonly<Record<"app" | "migrate" | "postgres", Service>>;
} {
	return parse(readFileSync(join(project, "compose.yaml"), "utf8"));
}

test("templates have the versions that we develop with", () => {
	const { devDependencies } = JSON.parse(
		readFileSync(join(root, "package.json"), "utf8"),
	);
	const { version } = JSON.parse(
		readFileSync(join(root, "packages/vivace/package.json"), "utf8"),
	);
	const own = JSON.parse(
		readFileSync(join(root, "packages/create-vivace/package.json"), "utf8"),
	);
	assert.equal(own.version, version);
	for (const template of [...templates, "postgres"]) {
		const path = `packages/create-vivace/templates/${template}/package.template.json`;
		const given = JSON.parse(readFileSync(join(root, path), "utf8"));
		const all = { ...given.dependencies, ...given.devDependencies };
		for (const [name, range] of Object.entries<string>(all)) {
			if (!range.includes("{{")) {
				assert.equal(range.replace("^", ""), devDependencies[name], name);
			}
		}
	}
});
