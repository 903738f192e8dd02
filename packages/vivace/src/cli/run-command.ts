import type { AppPort } from "../http/app-port.ts";
import { hostServe } from "../server/lifecycle/serve-host.ts";
import type { ServeOptions } from "../server/lifecycle/serve-options.ts";
import { serve } from "../server/serve.ts";
import { findProgram } from "./find-program.ts";
import { loadProgram } from "./load-program.ts";

/** Options of `vivace run`; those of serving go before what the program says itself. */
export interface RunOptions
	extends Pick<ServeOptions, "host" | "port" | "workers" | "requestLog"> {
	readonly app?: string;
}

/** Serves the app of a program as in production: resolves when it listens. */
export async function runCommand(
	file: string | undefined,
	{ app: name, ...asked }: RunOptions,
): Promise<undefined> {
	process.env.NODE_ENV ??= "production";
	const { promise: served, resolve } = Promise.withResolvers<AppPort>();
	const apps = new Set<AppPort>();
	hostServe({
		async adopt(app, given) {
			// the program serves what it exports, and was slower
			if (apps.has(app)) {
				return new Promise(() => {});
			}
			apps.add(app);
			resolve(app);
			return { options: { ...given, ...asked } };
		},
	});
	const program = await loadProgram(findProgram(file), name, served);
	if (!program.isServing) {
		await serve(program.app, { host: "0.0.0.0" });
	}
}
