import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
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
	/**
	 * True when PgBouncer in transaction mode, or a proxy like it, stands in between: the next transaction may have another session of the server. No
	 * statements are prepared, unless `preparedStatements` says so (PgBouncer from 1.21 on). Limits of the server's own, `searchPath`, `onConnect` and
	 * `lockWaitTimeoutMs` are left to the role (`alter role app set lock_timeout = …`), since they would be set for others. Default: false.
	 */
	readonly transactionPooling?: boolean;
}

/** {@link PostgresOptions} with every default filled in. */
export interface ResolvedPostgresOptions extends ResolvedServerOptions {
	readonly applicationName: string;
	/** As the server's setting of that name has it; undefined for the account's own. */
	readonly searchPath: string | undefined;
	readonly transactionPooling: boolean;
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
	transactionPooling: "boolean",
};

/** Options that would be set for a session of the server. */
const ofSession = ["searchPath", "onConnect", "lockWaitTimeoutMs"] as const;

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` for a value that makes no sense, naming option, rule and value.
 */
export function resolvePostgresOptions(
	options: PostgresOptions,
): ResolvedPostgresOptions {
	assertOptions("postgres", options, rules);
	const { searchPath, transactionPooling = false } = options;
	if (transactionPooling) {
		assertNothingOfSession(options);
	}
	const schemas = typeof searchPath === "string" ? [searchPath] : searchPath;
	return {
		...resolveServerOptions(
			{ name: "postgres", port: 5432 },
			{ ...(transactionPooling && { preparedStatements: 0 }), ...options },
		),
		applicationName: options.applicationName ?? "vivace",
		searchPath: schemas
			?.map((name) => `"${name.replaceAll('"', '""')}"`)
			.join(", "),
		transactionPooling,
	};
}

function assertNothingOfSession(options: PostgresOptions): void {
	const name = ofSession.find((each) => options[each] !== undefined);
	if (name !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`postgres.${name} is set for a session, and with transactionPooling others would have it as well: give it to the role (alter role … set …).`,
		);
	}
}
