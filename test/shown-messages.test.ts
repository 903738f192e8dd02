import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { App, dependency } from "../packages/vivace/src/index.ts";
import { staticFiles } from "../packages/vivace/src/static.ts";
import { root } from "./source-files.ts";

/** Fenced blocks of a page without a language: what a program says. */
function shownIn(page: string): string[] {
	const blocks = readFileSync(join(root, page), "utf8").matchAll(
		/^```(\w*)(?: [^\n]*)?\n([\s\S]*?)^```$/gm,
	);
	return [...blocks].flatMap(([, language, text = ""]) =>
		language === "" ? [text.trimEnd()] : [],
	);
}

async function messageOf(run: () => unknown): Promise<string> {
	try {
		await run();
	} catch (error) {
		return (error as Error).message;
	}
	assert.fail("nothing is wrong");
}

/** The lines that an app writes at its start. */
async function warnedBy(declare: (app: App) => void): Promise<string> {
	const lines: string[] = [];
	const app = new App({
		logger: { error() {}, info() {}, warn: (line) => lines.push(line) },
	});
	declare(app);
	await app.start();
	await app.stop();
	return lines.join("\n");
}

/** Stands for values that types refuse, in programs that nobody checks. */
// biome-ignore lint/suspicious/noExplicitAny: the mistakes are what is asked for
type Wrong = any;

const Item = z.object({ name: z.string(), secret: z.string() });

/** Programs with a mistake, and what they are told. */
const told: readonly (() => Promise<string>)[] = [
	() => messageOf(() => new App().get("/items/:id" as Wrong, () => "")),
	() => messageOf(() => new App().get("/files/*" as Wrong, () => "")),
	() =>
		warnedBy((app) => {
			app.get("/users/{name}", { name: z.string() }, function read_user() {});
			app.get("/users/me", function read_me() {});
		}),
	() =>
		warnedBy((app) => {
			app.get("/items", function read_items() {});
			app.get("/items", function list_items() {});
		}),
	() =>
		messageOf(() =>
			new App().get("/users/{user_id}", { userId: z.int() } as Wrong, () => ""),
		),
	() =>
		messageOf(() =>
			new App().get("/items", { limit: z.int } as Wrong, () => ""),
		),
	() =>
		messageOf(() =>
			new App().get(
				{ path: "/items", response_model: Item } as Wrong,
				() => "",
			),
		),
	() => messageOf(() => staticFiles("/srv/shop/public")),
	() =>
		messageOf(() => {
			const user = dependency(() => "ada", { name: "user" });
			const pool = dependency({ user } as Wrong, () => "", {
				name: "pool",
				scope: "app",
			});
			const app = new App();
			app.get("/books", { pool }, () => "");
			app.openapi();
		}),
	() =>
		messageOf(() =>
			new App().delete(
				{ path: "/items", status: 204, response: Item } as Wrong,
				() => "",
			),
		),
	() =>
		messageOf(async () => {
			const app = new App();
			app.get(
				{ path: "/items", response: Item, exclude: ["sceret"] } as Wrong,
				() => "",
			);
			await app.start();
		}),
	() =>
		messageOf(async () => {
			const pool = dependency(
				async function* () {
					const error = new Error("connect ECONNREFUSED 127.0.0.1:3306");
					yield await Promise.reject(error);
				},
				{ scope: "app", name: "pool" },
			);
			const app = new App();
			app.get("/books/{id}", { id: z.int(), pool }, () => "");
			await app.start();
		}),
];

/** Texts that a process of its own writes, and the test that holds them. */
const heldElsewhere: readonly (readonly [
	page: string,
	beginning: string,
	test: string,
	held: string,
])[] = [
	[
		"docs/guide/command-line.md",
		"GET /items/7: unhandled TypeError",
		"packages/vivace/test/cli/dev-errors.test.ts",
		"unhandled TypeError: Cannot read properties of undefined",
	],
	[
		"docs/guide/deployment.md",
		"Vivace ends the process",
		"packages/vivace/test/server/lifecycle/app-shutdown.test.ts",
		"it has not stopped within",
	],
	[
		"docs/guide/logging.md",
		"12:04:31.207 GET /items/7",
		"packages/vivace/test/logging/request-log.test.ts",
		"Input should be a valid integer, unable to parse string",
	],
	[
		"docs/guide/testing.md",
		"LeakError: the app has stopped",
		"packages/vivace/test/testing/leaks.test.ts",
		"still there",
	],
];

/** Files and lines of the programs here, as a page may show them. */
function withoutPlaces(text: string): string {
	return text.replaceAll(/[\w/.-]+\.(?:test\.)?ts:\d+/g, "FILE");
}

test("messages that the guides show are those that programs get", async () => {
	const real = (await Promise.all(told.map((tell) => tell()))).map(
		withoutPlaces,
	);
	const pages = globSync(
		["docs/**/*.md", "README.md", "packages/*/README.md"],
		{
			cwd: root,
			exclude: ["docs/reference/**"],
		},
	).map((page) => page.replaceAll("\\", "/"));
	const seen = new Set<string>();
	for (const page of pages) {
		for (const shown of shownIn(page)) {
			const elsewhere = heldElsewhere.find(
				([place, beginning]) => place === page && shown.startsWith(beginning),
			);
			if (shown.startsWith("$ ") || elsewhere !== undefined) {
				continue; // a command and its output
			}
			for (const line of withoutPlaces(shown).split("\n")) {
				const [start = line] = line.split("…");
				const found = real.find((message) =>
					line.includes("…") ? message.startsWith(start) : message === line,
				);
				assert.ok(found, `${page} shows what no program here says: ${line}`);
				seen.add(found);
			}
		}
	}
	assert.deepEqual(
		real.filter((message) => !seen.has(message)),
		[],
	);
});

test("messages of processes are held where those are started", () => {
	for (const [page, beginning, file, held] of heldElsewhere) {
		const shown = shownIn(page).find((text) => text.startsWith(beginning));
		assert.ok(shown, `${page} no longer shows ${beginning}`);
		const source = readFileSync(join(root, file), "utf8").replaceAll("\\", "");
		for (const text of [shown, source]) {
			assert.ok(text.includes(held), `${file} no longer holds "${held}"`);
		}
	}
});
