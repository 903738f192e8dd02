import { assertOptions } from "../errors/options.ts";
import {
	type ResolvedServerOptions,
	resolveServerOptions,
	type ServerOptions,
	serverRules,
} from "../pool/server-options.ts";

/** Where a MySQL or MariaDB server is, who we are there, and how its pool behaves. */
export interface MysqlOptions extends ServerOptions {}

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` for a value that makes no sense, naming option, rule and value.
 */
export function resolveMysqlOptions(
	options: MysqlOptions,
): ResolvedServerOptions {
	assertOptions("mysql", options, serverRules);
	return resolveServerOptions({ name: "mysql", port: 3306 }, options);
}
