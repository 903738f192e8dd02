import type { AppPort } from "../http/app-port.ts";
import { hostServe } from "../server/lifecycle/serve-host.ts";
import type { ServeOptions } from "../server/lifecycle/serve-options.ts";
import { serve } from "../server/serve.ts";
import { CommandError } from "./command-error.ts";
import { findProgram } from "./find-program.ts";
import { loadProgram } from "./load-program.ts";

/** Options of `vivace run`; those of serving go before what the program says itself. */
export interface RunOptions
	extends Pick<
		ServeOptions,
		| "host"
		| "port"
		| "workers"
		| "requestLog"
		| "rootPath"
		| "trustProxy"
		| "socketPath"
		| "fd"
	> {
	readonly app?: string;
	readonly tlsCert?: string;
	readonly tlsKey?: string;
	readonly tlsCa?: string;
}

/** Serves the app of a program as in production: resolves when it listens. */
export async function runCommand(
	file: string | undefined,
	{ app: name, tlsCert, tlsKey, tlsCa, ...others }: RunOptions,
): Promise<undefined> {
	process.env.NODE_ENV ??= "production";
	const asked = { ...others, ...tlsOf(tlsCert, tlsKey, tlsCa) };
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
			return { options: combine(given, asked) };
		},
	});
	const program = await loadProgram(findProgram(file), name, served);
	if (!program.isServing) {
		await serve(program.app, isElsewhere(asked) ? {} : { host: "0.0.0.0" });
	}
}

function tlsOf(
	cert: string | undefined,
	key: string | undefined,
	ca: string | undefined,
): Pick<ServeOptions, "tls"> {
	if (cert === undefined && key === undefined && ca === undefined) {
		return {};
	}
	if (cert === undefined || key === undefined) {
		throw new CommandError("--tls-cert and --tls-key go together: name both");
	}
	return { tls: { cert, key, ...(ca !== undefined && { ca }) } };
}

/** Whoever says where to listen replaces all that the program says of it. */
function combine(given: ServeOptions, asked: ServeOptions): ServeOptions {
	const { socketPath, socketMode, fd, host, port, ...others } = given;
	if (isElsewhere(asked)) {
		return {
			...others,
			...(asked.socketPath !== undefined &&
				socketMode !== undefined && { socketMode }),
			...asked,
		};
	}
	if (asked.host !== undefined || asked.port !== undefined) {
		const own = { host: asked.host ?? host, port: asked.port ?? port };
		const named = Object.entries(own).filter(
			([, value]) => value !== undefined,
		);
		return { ...others, ...asked, ...Object.fromEntries(named) };
	}
	return { ...given, ...asked };
}

function isElsewhere({ socketPath, fd }: ServeOptions): boolean {
	return socketPath !== undefined || fd !== undefined;
}
