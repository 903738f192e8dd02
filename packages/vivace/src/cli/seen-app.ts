import type { App } from "../app/app.ts";
import type { AppPort } from "../http/app-port.ts";
import { hostServe } from "../server/lifecycle/serve-host.ts";
import { findProgram } from "./find-program.ts";
import { loadProgram } from "./load-program.ts";

/**
 * Imports a program to look at its app: `serve` does nothing, and what the program prints goes to standard error, so that standard
 * output is the command's alone.
 *
 * @throws CommandError if it can't be imported or has no app
 */
export async function seeApp(
	file: string | undefined,
	name: string | undefined,
): Promise<App> {
	const { promise: served, resolve } = Promise.withResolvers<AppPort>();
	hostServe({
		adopt(app) {
			resolve(app);
			return new Promise(() => {}); // for ever
		},
	});
	const { app } = await quietly(() =>
		loadProgram(findProgram(file), name, served),
	);
	return app as App; // programs of this package serve apps
}

/** Sends what is printed during an action to standard error. */
export async function quietly<Result>(
	action: () => Promise<Result>,
): Promise<Result> {
	const { write } = process.stdout;
	process.stdout.write = process.stderr.write.bind(process.stderr);
	// the consoles of Bun and Deno do not write to the stream
	const { log, info, debug, error } = console;
	Object.assign(console, { log: error, info: error, debug: error });
	try {
		return await action();
	} finally {
		process.stdout.write = write;
		Object.assign(console, { log, info, debug });
	}
}
