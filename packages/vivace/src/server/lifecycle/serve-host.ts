import type { AppPort } from "../../http/app-port.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { ServeOptions } from "./serve-options.ts";

/** Who runs a program that calls `serve`: a command that has its own say in how, or only wants to see the app. */
export interface ServeHost {
	/** Called at the beginning of `serve`. What it resolves to counts; if it never resolves, nothing is served. */
	adopt(app: AppPort, options: ServeOptions): Promise<AdoptedServe>;
}

/** How an app is served whose program a {@link ServeHost} runs. */
export interface AdoptedServe {
	readonly options: ServeOptions;
	/** Served in the place of the app: that with something around it. Default: the app. */
	readonly app?: AppPort;
	/** Where connections come from. Default: a listening socket of this process. */
	readonly connections?: ConnectionSource;
}

// on the global object, because a command and the program that it runs may have a copy of this package each
const key = Symbol.for("vivace.serveHost");
const hosts: typeof globalThis & { [key]?: ServeHost } = globalThis;

/** Puts the programs that this process imports from now on into the hands of a host. */
export function hostServe(host: ServeHost): void {
	hosts[key] = host;
}

/** The host of this process, if there is one. */
export function serveHost(): ServeHost | undefined {
	return hosts[key];
}
