import { AsyncLocalStorage } from "node:async_hooks";
import {
	type Dialect,
	Kysely,
	type KyselyConfig,
	type KyselyPlugin,
	type Logger,
} from "kysely";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { DirectExecutor } from "./direct-executor.ts";
import { type AnySession, Session, type SessionHost } from "./session.ts";
import { SessionDriver } from "./session-driver.ts";
import { SessionKysely } from "./session-kysely.ts";
import { type SessionOptions, sessionRules } from "./session-options.ts";
import type { Engine } from "./statement-kind.ts";

/** The statements of a database, and the sessions that they may belong to. */
export interface DatabaseSessions<Tables> {
	/** Inside a session (a request's, a unit of work's) its statements belong to that; outside each is stored by itself. */
	readonly db: Kysely<Tables>;
	readonly engine: Engine;
	/**
	 * Opens a session that its caller ends: `commit()` stores what was written, `await using` undoes it otherwise. In most places
	 * `session()` or `withSession()` is what you want. `signal` is asked for when the transaction begins, which is
	 * rolled back when that is aborted.
	 */
	session(options?: OpenedOptions): Session<Tables>;
	/** The session of the code that is running, undefined outside of any. */
	currentSession(): Session<Tables> | undefined;
}

type OpenedOptions = SessionOptions & { readonly signal?: () => AbortSignal };

const openedRules: OptionRules<OpenedOptions> = {
	...sessionRules,
	signal: "function",
};

/** Makes them over a dialect, which knows nothing of sessions. */
export function databaseSessions<Tables>(
	dialect: Dialect,
	engine: Engine,
	{
		plugins,
		log,
	}: {
		readonly plugins?: readonly KyselyPlugin[];
		readonly log?: Logger;
	},
): DatabaseSessions<Tables> {
	const current = new AsyncLocalStorage<AnySession | undefined>();
	const driver = dialect.createDriver();
	const compiler = dialect.createQueryCompiler();
	const sessionDriver = new SessionDriver(driver, current);
	const config: KyselyConfig = {
		dialect: dialectWith(dialect, sessionDriver),
		...(plugins && { plugins: [...plugins] }),
		...(log && { log }),
	};
	const plain = new Kysely<Tables>(config);
	const isPlain = log === undefined && (plugins?.length ?? 0) === 0;
	const db = new SessionKysely<Tables>(
		plain,
		config,
		() => current.getStore(),
		isPlain ? new DirectExecutor(plain, sessionDriver) : plain.getExecutor(),
	);
	const host: SessionHost = {
		engine,
		driver,
		compile: (node, queryId) => compiler.compileQuery(node, queryId),
		current,
		dbOf: (session) => db.inSession(session),
	};
	return {
		db,
		engine,
		session: (options = {}) => {
			assertOptions("session()", options, openedRules);
			return new Session<Tables>(host, options);
		},
		currentSession: () => current.getStore(),
	};
}

function dialectWith(dialect: Dialect, driver: SessionDriver): Dialect {
	return {
		createDriver: () => driver,
		createQueryCompiler: () => dialect.createQueryCompiler(),
		createAdapter: () => dialect.createAdapter(),
		createIntrospector: (db) => dialect.createIntrospector(db),
	};
}
