import type { ListenAddress } from "./connection-source.ts";
import { addressOf } from "./listen-place.ts";
import type { ResolvedServeOptions } from "./serve-options.ts";
import type { Server } from "./server.ts";

/**
 * Where a server can be reached from this machine: `https://127.0.0.1:8000`, `unix:/run/shop.sock`, `fd:3` for a Unix socket that was
 * passed on.
 */
export function reachableUrl(
	options: ResolvedServeOptions,
	address: ListenAddress | undefined,
): string {
	const { host, port } = addressOf(options, address);
	if (options.socketPath !== undefined) {
		return `unix:${host}`;
	}
	if (options.fd !== undefined && port === 0) {
		return host;
	}
	const scheme = options.tls === undefined ? "http" : "https";
	const name = reachable[host] ?? host;
	return `${scheme}://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/**
 * The line that says that a server listens.
 * @param how what follows the address: ` with 4 workers`
 */
export function welcome(
	{ host, url }: Server,
	documentationPath: string | undefined,
	how = "",
): string {
	const everywhere =
		host in reachable ? ", on every address of this machine" : "";
	const documentation =
		documentationPath === undefined
			? ""
			: ` (documentation: ${documentationPath})`;
	return `Vivace is listening on ${url}${everywhere}${how}${documentation}`;
}

/** Addresses that stand for every address, and one of each at which this machine is reached. */
const reachable: Readonly<Record<string, string>> = {
	"0.0.0.0": "127.0.0.1",
	"::": "::1",
};
