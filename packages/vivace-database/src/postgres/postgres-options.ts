import { assertOptions, type OptionRules } from "../errors/options.ts";
import {
	type ResolvedServerOptions,
	resolveServerOptions,
	type ServerOptions,
	serverRules,
} from "../pool/server-options.ts";

/** Where a PostgreSQL server is, who we are there, and how its pool behaves. */
export interface PostgresOptions extends ServerOptions {
	/** The name of the program, as `pg_stat_activity` and the server's log show it. Default: `"vivace"`. */
	readonly applicationName?: string;
	/** The schemas in which names without one are looked for, the first that new tables are made in. Default: the account's, `public` as a rule. */
	readonly searchPath?: string | readonly string[];
	/** How many processes have a pool of this size, for the warning when they want more connections than the server has. Default: 1. */
	readonly processes?: number;
}

/** {@link PostgresOptions} with every default filled in. */
export interface ResolvedPostgresOptions extends ResolvedServerOptions {
	readonly applicationName: string;
	/** As the server's setting of that name has it; undefined for the account's own. */
	readonly searchPath: string | undefined;
	readonly processes: number;
}

const rules: OptionRules<PostgresOptions> = {
	...serverRules,
	applicationName: "text",
	searchPath: (value) =>
		(typeof value === "string" && value !== "") ||
		(Array.isArray(value) &&
			value.length > 0 &&
			value.every((each) => typeof each === "string" && each !== ""))
			? undefined
			: "the name of a schema, or a list of names",
	processes: (value) =>
		Number.isInteger(value) && Number(value) > 0
			? undefined
			: "a whole number of at least 1",
};

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` for a value that makes no sense, naming option, rule and value.
 */
export function resolvePostgresOptions(
	options: PostgresOptions,
): ResolvedPostgresOptions {
	assertOptions("postgres", options, rules);
	const { searchPath } = options;
	const schemas = typeof searchPath === "string" ? [searchPath] : searchPath;
	return {
		...resolveServerOptions({ name: "postgres", port: 5432 }, options),
		applicationName: options.applicationName ?? "vivace",
		searchPath: schemas
			?.map((name) => `"${name.replaceAll('"', '""')}"`)
			.join(", "),
		processes: options.processes ?? 1,
	};
}
