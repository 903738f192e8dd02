/**
 * Serves the ports of FastAPI's documentation apps, each on a free port of this machine, and writes one line to standard output: a JSON
 * object of their names and URLs. The conformance harness starts it and says by its environment what it wants:
 *
 * - `CONFORMANCE_APPS`: a JSON file with the apps by name, each with the environment variables and the root path that it is served with;
 * - `CONFORMANCE_WORKDIR`: the folder in which the apps read and write files.
 *
 * Without them every port is served as it is. SIGTERM and SIGINT end it.
 */
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import {
	isMainThread,
	parentPort,
	Worker,
	workerData,
} from "node:worker_threads";
import { type App, serve } from "vivace";

/** One app that is wanted. */
interface Wanted {
	/** Environment variables that it is started with; null removes one. */
	readonly env: Readonly<Record<string, string | null>>;
	/** The prefix that a proxy in front of it strips. */
	readonly root_path: string;
}

/** The order to a worker: which apps to serve. */
interface Assignment {
	readonly file: string;
	readonly rootPath: string;
}

/** An app that is being served. */
interface Served {
	readonly url: string;
	close(): Promise<unknown>;
}

const silent = { info() {}, warn: console.error, error: console.error };

/** Apps that differ from another in Python's syntax alone: one port serves both. */
const sameApp: Readonly<Record<string, string>> = {
	"dependencies.tutorial001_02": "dependencies.tutorial001",
	"dependencies.tutorial003": "dependencies.tutorial002",
	"dependencies.tutorial004": "dependencies.tutorial002",
	"response_model.tutorial001_01": "response_model.tutorial001",
	"response_model.tutorial006": "response_model.tutorial005",
	"response_status_code.tutorial002": "response_status_code.tutorial001",
};

/** `body.tutorial001?A=b` → the file `body/tutorial001.ts`. */
function fileOf(name: string): string {
	const [wanted = ""] = name.split("?", 1);
	const module = sameApp[wanted] ?? wanted;
	return `${import.meta.dirname}/${module.replaceAll(".", "/")}.ts`;
}

function everyPort(): Record<string, Wanted> {
	const files = globSync("*/**/*.ts", {
		cwd: import.meta.dirname,
		exclude: ["test/**"],
	});
	return Object.fromEntries(
		files.map((file) => [
			file.slice(0, -".ts".length).replaceAll("/", "."),
			{ env: {}, root_path: "" },
		]),
	);
}

async function serveFile({
	file,
	rootPath,
}: Assignment): Promise<Served | undefined> {
	const { app } = (await import(file)) as { app?: App };
	return app && serve(app, { port: 0, signals: false, log: silent, rootPath });
}

/** An environment of its own needs modules of its own, which a worker has. */
function serveInWorker(
	assignment: Assignment,
	env: Wanted["env"],
): Promise<Served> {
	const variables = Object.entries({ ...process.env, ...env });
	const worker = new Worker(import.meta.filename, {
		workerData: assignment,
		env: Object.fromEntries(
			variables.filter(([, value]) => value !== null),
		) as NodeJS.ProcessEnv,
	});
	return new Promise((resolve, reject) => {
		worker.once("error", reject);
		worker.once("message", (url: string) =>
			resolve({ url, close: () => worker.terminate() }),
		);
	});
}

function serveWanted(
	name: string,
	wanted: Wanted,
): Promise<Served | undefined> {
	const assignment = { file: fileOf(name), rootPath: wanted.root_path };
	return Object.keys(wanted.env).length === 0 && wanted.root_path === ""
		? serveFile(assignment)
		: serveInWorker(assignment, wanted.env);
}

async function serveAll(): Promise<void> {
	const { CONFORMANCE_APPS, CONFORMANCE_WORKDIR } = process.env;
	const wanted: Readonly<Record<string, Wanted>> =
		CONFORMANCE_APPS === undefined
			? everyPort()
			: JSON.parse(readFileSync(CONFORMANCE_APPS, "utf8"));
	if (CONFORMANCE_WORKDIR !== undefined) {
		process.chdir(CONFORMANCE_WORKDIR);
		for (const folder of ["static", "templates"]) {
			mkdirSync(folder, { recursive: true }); // there at the start, as for FastAPI; the tests fill them
		}
	}
	const served = new Map<string, Served>();
	const names = new Map<string, Served>();
	for (const [name, each] of Object.entries(wanted)) {
		const file = fileOf(name);
		if (!existsSync(file)) {
			continue;
		}
		const key = JSON.stringify([file, each.env, each.root_path]);
		try {
			const server = served.get(key) ?? (await serveWanted(name, each));
			if (server === undefined) {
				continue;
			}
			served.set(key, server);
			names.set(name, server);
		} catch (error) {
			console.error(name, error);
		}
	}
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		process.once(signal, async () => {
			await Promise.allSettled(
				[...served.values()].map((each) => each.close()),
			);
			process.exit();
		});
	}
	const urls = [...names].map(([name, { url }]) => [name, url]);
	console.log(JSON.stringify(Object.fromEntries(urls)));
}

if (isMainThread) {
	await serveAll();
} else {
	const server = await serveFile(workerData as Assignment);
	parentPort?.postMessage(server?.url);
}
