import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "vivace";

/** An app that is fuzzed. */
export interface FuzzTarget {
	readonly name: string;
	make(): Promise<FuzzedApp>;
}

/** Disposed when it has stopped. */
export interface FuzzedApp extends AsyncDisposable {
	readonly app: App;
}

const root = join(import.meta.dirname, "../..");

/** The flagship on SQLite, and the examples that need nothing but themselves. */
export function fuzzTargets(): FuzzTarget[] {
	const ports = globSync("*/**/*.ts", {
		cwd: join(root, "examples/fastapi"),
		exclude: ["test/**", "serve.ts"],
	}).sort();
	const lifespan = globSync("examples/lifespan/*.ts", { cwd: root }).sort();
	return [
		chatHistory,
		...[...ports.map((file) => `examples/fastapi/${file}`), ...lifespan].map(
			(file) => exampleTarget(file),
		),
	];
}

const chatHistory: FuzzTarget = {
	name: "apps/chat-history on SQLite",
	async make() {
		const { createApp } = await import("../../apps/chat-history/app.ts");
		const folder = await mkdtemp(join(tmpdir(), "vivace-fuzz-"));
		const app = createApp(
			{
				host: "127.0.0.1",
				port: 0,
				corsOrigins: ["*"],
				startTries: 1,
				livePollMs: 5_000,
				database: { sqlite: { path: join(folder, "chat.db") } },
			},
			silent,
		);
		return {
			app,
			[Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
		};
	},
};

const silent = { info() {}, warn() {}, error() {} };

function exampleTarget(file: string): FuzzTarget {
	const name = file.slice(0, -".ts".length);
	return {
		name,
		async make() {
			process.env.ADMIN_EMAIL ??= "admin@example.com"; // the settings' examples want it
			const { app } = (await import(join(root, file))) as { app?: App };
			if (app === undefined) {
				throw new NoApp(name);
			}
			return { app, [Symbol.asyncDispose]: () => Promise.resolve() };
		},
	};
}

/** A module beside the apps. */
export class NoApp extends Error {}

/** The files that examples expect in their working directory. */
export const neededFiles: readonly string[] = [
	"image.png",
	"large-video-file.mp4",
	"static/styles.css",
	"templates/item.html",
];
