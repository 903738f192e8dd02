import { DevServer } from "./dev-server.ts";
import { findProgram } from "./find-program.ts";

/** Options of `vivace dev`; those of serving go before what the program says itself. */
export interface DevOptions {
	readonly app?: string;
	readonly host?: string;
	readonly port?: number;
	readonly watch?: readonly string[];
	readonly stopFirst?: boolean;
}

/** Serves the app of a program and reloads it when its files change; resolves to the exit code. */
export function devCommand(
	file: string | undefined,
	options: DevOptions,
): Promise<number> {
	process.env.NODE_ENV ??= "development";
	const { app, host, port, watch = [], stopFirst = false } = options;
	const program = { files: findProgram(file), app, host, port };
	return new DevServer({ program, watch, stopFirst }).run();
}
