import { once } from "node:events";
import { pathToFileURL } from "node:url";
import type { App } from "../app/app.ts";
import type { AppPort } from "../http/app-port.ts";
import { chooseApp } from "./choose-app.ts";
import { CommandError } from "./command-error.ts";
import { shortPath } from "./find-program.ts";
import { loadFailureText } from "./load-failure.ts";
import { reportLoadedFiles } from "./loaded-files.ts";

/** A program that was imported, and the app that it is about. */
export type LoadedProgram = {
	readonly file: string;
} & (
	| { readonly isServing: false; readonly app: App }
	/** It has called `serve` itself. */
	| { readonly isServing: true; readonly app: AppPort }
);

/** How long a program that exports no app may take after it was imported until it calls `serve`. */
const patienceMs = 10_000;

/**
 * Imports the program and finds its app: one that it serves itself (then the import may go on for as long as the server runs), or
 * one that it exports.
 *
 * @param files tried in turn until one has an app
 * @param name of the export, an app or a function that makes one
 * @param served resolves to the app with which the program calls `serve`
 * @throws CommandError if the program fails while it is imported, or has no app
 */
export async function loadProgram(
	files: readonly string[],
	name: string | undefined,
	served: Promise<AppPort>,
): Promise<LoadedProgram> {
	for (const file of files) {
		const program = await tryProgram(file, name, served);
		if (program !== undefined) {
			return program;
		}
	}
	const names = files.map(shortPath).join(" and ");
	throw new CommandError(
		`${names} ${files.length === 1 ? "exports" : "export"} no app; write "export const app = new App()", or call serve(app)`,
	);
}

async function tryProgram(
	file: string,
	name: string | undefined,
	served: Promise<AppPort>,
): Promise<LoadedProgram | undefined> {
	const serving = served.then(
		(app) => ({ file, app, isServing: true }) as const,
	);
	const importing = importFile(file);
	const first = await Promise.race([serving, importing]);
	if (isProgram(first)) {
		importing.catch(throwUncaught);
		return first;
	}
	const app = await chooseApp(first, shortPath(file), name).catch(
		(cause: unknown) => {
			throw cause instanceof CommandError
				? cause
				: new CommandError(loadFailureText(cause, file, file), { cause });
		},
	);
	if (app !== undefined) {
		return { file, app, isServing: false };
	}
	return Promise.race([serving, nothingLeft()]);
}

async function importFile(
	file: string,
): Promise<Readonly<Record<string, unknown>>> {
	let lastFile = file;
	const endReport = reportLoadedFiles(({ path }) => {
		lastFile = path;
	});
	try {
		return await import(pathToFileURL(file).href);
	} catch (cause) {
		throw new CommandError(loadFailureText(cause, file, lastFile), { cause });
	} finally {
		endReport();
	}
}

function isProgram(
	value: LoadedProgram | Readonly<Record<string, unknown>>,
): value is LoadedProgram {
	return value.isServing === true;
}

/** Resolves when the program has nothing more to do, or took too long to say that it serves. */
async function nothingLeft(): Promise<undefined> {
	const signal = AbortSignal.timeout(patienceMs); // does not keep the process
	await once(process, "beforeExit", { signal }).catch(() => {});
}

// an error of a program that has begun to serve ends the process, as it would without us
function throwUncaught(error: unknown): void {
	setImmediate(() => {
		throw error instanceof CommandError ? error.cause : error;
	});
}
