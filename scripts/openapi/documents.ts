import { globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App, OpenApiDocument } from "vivace";
import { createApp } from "../../apps/chat-history/app.ts";
import { buildOpenApi } from "../../packages/vivace/src/openapi/build-openapi.ts";
import { describedApps } from "../../packages/vivace/test/openapi/apps.ts";
import { cornerApps } from "./corners.ts";

/**
 * Every document of ours by a name that can be a folder: the tests' described apps, the corners of what can be
 * declared, the examples, chat-history. One that describes the
 * items of a stream says that it is of OpenAPI 3.2, as the warning asks for.
 */
export async function allDocuments(): Promise<Map<string, OpenApiDocument>> {
	const documents = new Map<string, OpenApiDocument>();
	for (const [name, app] of Object.entries(describedApps)) {
		const info = { title: "FastAPI", version: "0.1.0", ...app.info };
		const options = { ...app.options, onWarning() {} };
		const document = buildOpenApi(info, app.operations, options);
		documents.set(`described.${name}`, document);
		documents.set(
			`untitled.${name}`,
			buildOpenApi(info, app.operations, { ...options, titles: false }),
		);
	}
	for (const [name, make] of Object.entries(cornerApps)) {
		documents.set(name, make().openapi());
	}
	for (const [name, app] of await exampleApps()) {
		documents.set(name, app.openapi());
	}
	documents.set("chat-history", chatHistory(":memory:").openapi());
	return new Map(
		Array.from(documents, ([name, document]) => [name, asSent(document)]),
	);
}

/** The service on a SQLite file. */
export function chatHistory(path: string): App {
	return createApp(
		{
			host: "127.0.0.1",
			port: 0,
			corsOrigins: ["*"],
			startTries: 1,
			livePollMs: 5_000,
			database: { sqlite: { path } },
		},
		{ info() {}, warn() {}, error: console.error },
	);
}

/** The apps that files of the examples export; those outside of the workspace need packages that are not installed here. */
async function exampleApps(): Promise<readonly (readonly [string, App])[]> {
	const examples = join(import.meta.dirname, "../../examples");
	const files = globSync(
		["fastapi/*/**/*.ts", "lifespan/**/*.ts", "schema-libraries/**/*.ts"],
		{ cwd: examples, exclude: ["**/test/**", "**/*.test.ts"] },
	).sort();
	process.env.ADMIN_EMAIL ??= "admin@example.com"; // one asks for it
	const home = process.cwd();
	const folder = mkdtempSync(join(tmpdir(), "vivace-examples-"));
	process.chdir(folder); // some of them write files, two read those of folders
	mkdirSync("static");
	mkdirSync("templates");
	const { warn } = console;
	console.warn = () => {}; // their documents are FastAPI's, streams in 3.1 and all
	const apps: (readonly [string, App])[] = [];
	for (const file of files) {
		const { app } = (await import(join(examples, file))) as { app?: App };
		if (app !== undefined) {
			app.openapi();
			const name = file.slice(0, -".ts".length).replaceAll(/[\\/]/g, ".");
			apps.push([`examples.${name}`, app]);
		}
	}
	console.warn = warn;
	process.chdir(home);
	rmSync(folder, { recursive: true });
	return apps;
}

function asSent(document: OpenApiDocument): OpenApiDocument {
	const text = JSON.stringify(document);
	const sent: OpenApiDocument = JSON.parse(text);
	return text.includes('"itemSchema":') ? { ...sent, openapi: "3.2.0" } : sent;
}
