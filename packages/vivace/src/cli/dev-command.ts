import { CommandError } from "./command-error.ts";
import { DevServer } from "./dev-server.ts";
import { findProgram } from "./find-program.ts";
import { canReportLoadedFiles } from "./loaded-files.ts";
import { TypeWatch } from "./type-watch.ts";

/** Options of `vivace dev`; those of serving go before what the program says itself. */
export interface DevOptions {
	readonly app?: string;
	readonly host?: string;
	readonly port?: number;
	readonly watch?: readonly string[];
	readonly reloadInclude?: readonly string[];
	readonly reloadExclude?: readonly string[];
	readonly stopFirst?: boolean;
	/** True shows type errors beside the reload. */
	readonly types?: boolean;
}

/** Serves the app of a program and reloads it when its files change; resolves to the exit code. */
export async function devCommand(
	file: string | undefined,
	options: DevOptions,
): Promise<number> {
	process.env.NODE_ENV ??= "development";
	const { app, host, port, stopFirst = false } = options;
	const { watch = [], reloadInclude: include = [] } = options;
	const { reloadExclude: exclude = [] } = options;
	const files = findProgram(file);
	if (!canReportLoadedFiles && watch.length + include.length === 0) {
		throw new CommandError(
			"this runtime does not tell which files a program loads, so `vivace dev` can't see that one has changed: name them with --watch, or run the command on Node.",
		);
	}
	const program = { files, app, host, port };
	const patterns = { include, exclude };
	const types = options.types ? new TypeWatch() : undefined;
	const onVersion = types?.check ?? (() => {});
	const server = new DevServer({
		...{ program, watch, patterns, stopFirst },
		onVersion,
	});
	const exitCode = await server.run();
	types?.end();
	return exitCode;
}
