import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "vivace";
import type { DatabaseOptions, MysqlOptions } from "vivace/database";
import { type EnvFile, env, settings } from "vivace/settings";
import { z } from "zod";
import type { AuthSettings } from "./auth.ts";

/** The settings of the service. */
export interface ChatSettings {
	readonly host: string;
	readonly port: number;
	/** Origins whose pages may read the answers; `*` is all. */
	readonly corsOrigins: readonly string[];
	readonly database: DatabaseOptions;
	/** How often a database that can't be reached is tried when the service starts. */
	readonly startTries: number;
	/** By which the processes of the service tell each other of their messages. Default: each finds the others' by itself. */
	readonly redisUrl?: string | undefined;
	/** How often, in milliseconds, a process looks for messages of which nobody has told it, while it has readers who follow a conversation. */
	readonly livePollMs: number;
	/** By what tokens are verified. Default: none is asked for, everyone may do everything. */
	readonly auth?: AuthSettings | undefined;
}

const here = (path: string): string =>
	fileURLToPath(new URL(path, import.meta.url));

const ms = z.int().min(1).max(3_600_000);

const serviceFields = {
	host: env("HOST", z.string().min(1).default("127.0.0.1")),
	port: env("PORT", z.int().min(0).max(65_535).default(8847)),
	dataDir: env("DATA_DIR", z.string().min(1).default(here("data"))),
	corsOrigins: env("CORS_ORIGINS", z.array(z.string()).default(["*"])),
	redisUrl: env("REDIS_URL", z.url({ protocol: /^rediss?$/ }).optional()),
	livePollMs: env(
		"LIVE_POLL_MS",
		z.int().min(10).max(3_600_000).default(5_000),
	),
	startTries: env("DATABASE_START_TRIES", z.int().min(1).max(1000).default(10)),
	auth: {
		jwksUrl: env("AUTH_JWKS_URL", z.url({ protocol: /^https?$/ }).optional()),
		secret: env("AUTH_SECRET", z.string().min(32).optional()),
		audience: env("AUTH_AUDIENCE", z.string().min(1).optional()),
	},
};

/** Any database by a URL: PostgreSQL above all, which has no variables of its own. */
const databaseUrl = env(
	"DATABASE_URL",
	z
		.string()
		.regex(
			/^(?:postgres|postgresql|mysql|mariadb|sqlite):/,
			"begins with postgres:, mysql:, mariadb: or sqlite:",
		)
		.optional(),
);

/** MySQL is meant as soon as one of these is set; then those without a default have to be there. */
const mysqlFields = {
	host: env("MYSQL_DB_HOST", z.string().min(1)),
	port: env("MYSQL_DB_PORT", z.int().min(1).max(65_535).default(3306)),
	user: env("MYSQL_DB_USER", z.string().min(1)),
	password: env("MYSQL_DB_PASSWORD", z.string().default("")),
	database: env("MYSQL_DB_NAME", z.string().min(1)),
	size: env("MYSQL_DB_POOL_SIZE", z.int().min(1).max(1000).default(10)),
	acquireTimeoutMs: env("MYSQL_DB_ACQUIRE_TIMEOUT_MS", ms.default(5_000)),
	queryTimeoutMs: env("MYSQL_DB_QUERY_TIMEOUT_MS", ms.default(10_000)),
	preparedStatements: env(
		"MYSQL_DB_PREPARED_STATEMENTS",
		z.int().min(0).max(16_000).default(100),
	),
} satisfies Partial<Record<keyof MysqlOptions, unknown>>;

const anyOfMysql = env(
	Object.values(mysqlFields).flatMap(({ names }) => names),
	z.string().optional(),
);

/**
 * The settings, from the environment and, where it says nothing, from `env_config/.env.local`.
 *
 * @throws SetupError `VIV_SETTINGS` with every problem at once, each naming its variable.
 */
export function readSettings(
	variables: Readonly<Record<string, string | undefined>> = process.env,
	envFile: EnvFile = here("env_config/.env.local"),
): ChatSettings {
	const sources = { env: variables, envFile, ignoreEmpty: true };
	const chosen = settings({ anyOfMysql, databaseUrl }, sources);
	if (chosen.databaseUrl !== undefined) {
		assertOneDatabase(chosen.anyOfMysql);
		const { dataDir: _, auth, ...service } = settings(serviceFields, sources);
		return {
			...service,
			...authOf(auth),
			database: { url: chosen.databaseUrl },
		};
	}
	if (chosen.anyOfMysql === undefined) {
		const { dataDir, auth, ...service } = settings(serviceFields, sources);
		const path = join(dataDir, "chat_history.db");
		return {
			...service,
			...authOf(auth),
			database: { sqlite: { path } },
		};
	}
	const {
		dataDir: _,
		auth,
		mysql,
		...service
	} = settings({ ...serviceFields, mysql: mysqlFields }, sources);
	return { ...service, ...authOf(auth), database: { mysql } };
}

function assertOneDatabase(mysql: string | undefined): void {
	if (mysql !== undefined) {
		throw new SetupError(
			"VIV_SETTINGS",
			"DATABASE_URL and variables that begin with MYSQL_DB_ are both set; keep those of the database that is meant.",
		);
	}
}

/** Half of what is needed would leave everything open, and look as if it were not. */
function authOf(auth: AuthSettings): { readonly auth?: AuthSettings } {
	const { audience, jwksUrl, secret } = auth;
	if (jwksUrl !== undefined && secret !== undefined) {
		throw new SetupError(
			"VIV_SETTINGS",
			"AUTH_JWKS_URL and AUTH_SECRET are both set; keep the one by which tokens are verified.",
		);
	}
	if (jwksUrl === undefined && secret === undefined) {
		if (audience !== undefined) {
			throw new SetupError(
				"VIV_SETTINGS",
				"AUTH_AUDIENCE is set, but nothing by which tokens are verified; set AUTH_JWKS_URL or AUTH_SECRET too.",
			);
		}
		return {};
	}
	return { auth };
}
