import type { Server } from "./server.ts";

/** Where a server can be reached from this machine. */
export function reachableUrl(host: string, port: number): string {
	const name = reachable[host] ?? host;
	return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
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
