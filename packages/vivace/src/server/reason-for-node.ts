import type { AppPort } from "../http/app-port.ts";
import {
	type ResolvedServeOptions,
	resolveServeOptions,
} from "./lifecycle/serve-options.ts";

/** Options that the own servers of Bun and Deno do not have; they are kept by `node:http` there. */
const kept = [
	"tls",
	"fd",
	"maxConnections",
	"maxHeaderBytes",
	"headersTimeoutMs",
] as const;

/** Why an app is served by `node:http` on a runtime that has a server of its own; `undefined` when nothing is in the way. */
export function reasonForNode(
	app: AppPort,
	options: ResolvedServeOptions,
): string | undefined {
	if (options.engine === "node") {
		return '"engine" says so';
	}
	if (app.hasNodeHandlers === true) {
		return "a handler of node:http is mounted";
	}
	return reasonOf(kept, options);
}

/**
 * Why it is so on Bun alone, which does not tell who is on the other side of a Unix socket, and by that when an answer has left.
 *
 * @param canSetBacklog whether the system lets it be said how many connections may wait
 */
export function reasonForNodeOnBun(
	options: ResolvedServeOptions,
	canSetBacklog: boolean,
): string | undefined {
	return (
		reasonOf(["socketPath"], options) ??
		(canSetBacklog ? undefined : reasonOf(["backlog"], options))
	);
}

/**
 * Why it is so on Deno alone.
 *
 * @param canUpgrade whether a request can become a bare connection
 */
export function reasonForNodeOnDeno(
	app: AppPort,
	options: ResolvedServeOptions,
	canUpgrade: boolean,
): string | undefined {
	if (app.hasSockets === true && !canUpgrade) {
		return "this Deno does not let sockets be opened that can be told to wait";
	}
	return reasonOf(["keepAliveTimeoutMs"], options);
}

function reasonOf(
	names: readonly (keyof ResolvedServeOptions)[],
	options: ResolvedServeOptions,
): string | undefined {
	const defaults = resolveServeOptions({});
	const name = names.find((each) => options[each] !== defaults[each]);
	return name && `it keeps the option "${name}"`;
}
