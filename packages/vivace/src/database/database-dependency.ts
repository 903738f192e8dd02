import type { Kysely } from "kysely";
import {
	assertDatabaseOptions,
	assertMigrated,
	type Database,
	type DatabaseOptions,
	isDeadlock,
	isUnavailable,
	type Migrations,
	migrate,
	migrationStatus,
	migrationsCheck,
	openDatabase,
} from "vivace-database";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency } from "../inject/dependency.ts";
import {
	type ResourceOptions,
	resourceRules,
} from "../inject/resource-options.ts";
import { Lifespan } from "../lifespan/lifespan.ts";

/** The database that a {@link database} dependency opens; a function is called at each start. */
export type DatabaseSource =
	| DatabaseOptions
	| string
	| URL
	| (() => DatabaseOptions | string | URL);

/**
 * Options of {@link database}. Those of every resource are among them; by default one that can't be used yet is tried six times within
 * 16 s, with waits between them that grow from 0.5 to 8 s.
 */
export interface DatabaseDependencyOptions<Tables>
	extends ResourceOptions<Database<Tables>> {
	/** Its name in messages. Default: its name in the first record, otherwise the line that declares it. */
	readonly name?: string;
	/** The migrations of its schema, by name. Default: none. */
	readonly migrations?: Migrations;
	/**
	 * How migrations are treated when the app starts: `"run"` runs them, `"check"` refuses to start while one is pending, `"leave"` does
	 * neither. Default: `"run"` on SQLite; `"check"` on a server, where a schema change may take long, and on MySQL and MariaDB can't be
	 * undone: run `vivace db migrate` when you deploy.
	 */
	readonly onStart?: "run" | "check" | "leave";
}

type StartTreatment = NonNullable<
	DatabaseDependencyOptions<unknown>["onStart"]
>;

const rules: OptionRules<DatabaseDependencyOptions<unknown>> = {
	...resourceRules,
	name: "text",
	migrations: migrationsCheck,
	onStart: ["run", "check", "leave"],
};

/** With `optional: true` the value may be undefined, which the framework sees to. */
type Open<Value> = (parameters: {
	readonly lifespan: Lifespan;
}) => AsyncGenerator<Value, void, undefined>;

/**
 * A database as a dependency of app scope, made by {@link database}.
 *
 * @typeParam Value what a record gets: of an optional one perhaps `undefined`
 */
export class DatabaseDependency<
	Tables,
	Value extends Database<Tables> | undefined = Database<Tables>,
> extends Dependency<Value, "app"> {
	/** The source that it opens. */
	readonly source: DatabaseSource;
	readonly migrations: Migrations | undefined;
	/** Their treatment when the app starts, where it was given. */
	readonly onStart: StartTreatment | undefined;
	/** Those that are open at the moment: one for each app that has started. */
	readonly #opened = new Set<Database<Tables>>();
	readonly #isOptional: boolean;
	/** True when something stood in for it whose value has no life of its own. */
	#isUnclear = false;

	constructor(
		source: DatabaseSource,
		options: DatabaseDependencyOptions<Tables>,
	) {
		const { migrations, onStart, name = "", retry, ...rest } = options;
		async function* open({
			lifespan,
		}: {
			readonly lifespan: Lifespan;
		}): AsyncGenerator<Database<Tables>, void, undefined> {
			const database = await openDatabase<Tables>({
				workers: lifespan.worker.count,
				onMade: (path) => lifespan.note(`made a new database at ${path}`),
				openTimeoutMs: 0, // the lifespan tries again, and tells of it
				...optionsOf(source),
			});
			try {
				if (migrations) {
					await bringUpToDate(database, migrations, onStart);
				}
				opened.add(database);
				yield database;
			} finally {
				opened.delete(database);
				await database[Symbol.asyncDispose]();
			}
		}
		super({ lifespan: Lifespan }, open as Open<Value>, {
			check: (database) => (database as Database<Tables>).ping(),
			...(rest as ResourceOptions),
			retry: {
				delayMs: 500,
				when: mayHeal,
				...(retry ?? { times: 5, withinMs: 16_000 }),
			},
			name,
			scope: "app",
		});
		this.#isOptional = options.optional === true;
		this.source = source;
		this.migrations = migrations;
		this.onStart = onStart;
		const opened = this.#opened;
	}

	/** @internal A database that stands in for it is its open one, for `db` and `withSession` too. */
	override readonly standIn = (
		replacement: Dependency<unknown, DependencyScope>,
	): Dependency<unknown, DependencyScope> => {
		if (replacement.scope !== "app") {
			this.#isUnclear = true;
			return replacement;
		}
		const opened = this.#opened;
		return new Dependency<unknown, DependencyScope>(
			{ other: replacement },
			function* ({ other }: { readonly other: Database<Tables> }) {
				opened.add(other);
				try {
					yield other;
				} finally {
					opened.delete(other);
				}
			},
			{ name: replacement.name || this.label, scope: "app" },
		);
	};

	/**
	 * The open database; inside a session the one that the session belongs to.
	 * @throws SetupError `VIV_SCOPE` when no app that uses it has started, or several have and it isn't clear which one is meant
	 */
	get opened(): Database<Tables> {
		if (this.#isUnclear) {
			throw new SetupError(
				"VIV_SCOPE",
				`"${this.label}" was overridden by a dependency that is not of app scope: nobody can tell which database is meant; override it with one of app ` +
					"scope, or inject it.",
			);
		}
		// a stand-in of a test may not know sessions
		const inSession = [...this.#opened].find((each) => each.currentSession?.());
		const [only, another] = inSession ? [inSession] : this.#opened;
		if (only !== undefined && another === undefined) {
			return only;
		}
		throw new SetupError(
			"VIV_SCOPE",
			only === undefined && this.#isOptional
				? `"${this.label}" is optional and not open: it can't be reached, or no app that uses it has started; name it in a record, where it is undefined then.`
				: only === undefined
					? `"${this.label}" is not open: no app that has started names it; name it in a record or in new App({ resources: […] }), or use app.scope() or openDatabase() in a script.`
					: `"${this.label}" is open in ${this.#opened.size} apps: outside of their sessions nobody can tell which is meant; inject it.`,
		);
	}

	/** Its Kysely object, for code that nothing is injected into. @throws as {@link opened} */
	get db(): Kysely<Tables> {
		return this.opened.db;
	}
}

/**
 * Declares a database: opened before the first request, closed after the last one, and checked for readiness. Its value is a {@link
 * Database}, with `optional: true` perhaps `undefined`.
 *
 * @throws SetupError `VIV_OPTION` for an invalid source
 * @example
 * ```ts
 * import type { Generated } from "kysely";
 * import { App } from "vivace";
 * import { database, session } from "vivace/database";
 * import { z } from "zod";
 *
 * interface Tables {
 * 	note: { id: Generated<number>; text: string };
 * }
 *
 * const notes = database<Tables>("sqlite:data/notes.db");
 * const app = new App();
 *
 * app.post({ path: "/notes", status: 201 }, { text: z.string(), session: session(notes) }, async ({ text, session }) => {
 * 	await session.db.insertInto("note").values({ text }).execute();
 * });
 * ```
 */
export function database<Tables>(
	source: DatabaseSource,
	options?: DatabaseDependencyOptions<Tables> & { readonly optional?: false },
): DatabaseDependency<Tables>;
export function database<Tables>(
	source: DatabaseSource,
	options: DatabaseDependencyOptions<Tables>,
): DatabaseDependency<Tables, Database<Tables> | undefined>;
export function database<Tables>(
	source: DatabaseSource,
	options: DatabaseDependencyOptions<Tables> = {},
): DatabaseDependency<Tables, Database<Tables> | undefined> {
	if (!isSource(source)) {
		throw sourceError("", source);
	}
	assertOptions<object>("database()", options, rules);
	if (typeof source === "object" && !(source instanceof URL)) {
		assertDatabaseOptions("database()", source);
	}
	return new DatabaseDependency(source, options);
}

async function bringUpToDate<Tables>(
	database: Database<Tables>,
	migrations: Migrations,
	onStart: StartTreatment | undefined,
): Promise<void> {
	switch (startTreatment(database, onStart)) {
		case "run":
			// a program may start again beside a newer one, whose migrations it does not have: none is left for it
			if (await isAnyPending(database, migrations)) {
				await migrate(database, migrations);
			}
			return;
		case "check":
			await assertMigrated(database, migrations);
			return;
		case "leave":
			return;
	}
}

async function isAnyPending<Tables>(
	database: Database<Tables>,
	migrations: Migrations,
): Promise<boolean> {
	const status = await migrationStatus(database, migrations);
	return status.some(({ executedAt }) => executedAt === undefined);
}

/** The treatment of a database's migrations when the app starts: as given, or the default of its engine. */
export function startTreatment(
	{ engine }: Pick<Database<unknown>, "engine">,
	onStart: StartTreatment | undefined,
): StartTreatment {
	return onStart ?? (engine === "sqlite" ? "run" : "check");
}

/** A wrong password or a failed migration stays what it is. */
function mayHeal(error: unknown): boolean {
	return isUnavailable(error) || isDeadlock(error);
}

/** The options that a source gives. */
export function optionsOf(source: DatabaseSource): DatabaseOptions {
	const given = typeof source === "function" ? source() : source;
	if (!isSource(given) || typeof given === "function") {
		throw sourceError("from its function ", given);
	}
	return typeof given === "string" || given instanceof URL
		? { url: given }
		: given;
}

function sourceError(where: string, source: unknown): SetupError {
	return new SetupError(
		"VIV_OPTION",
		`database(): ${where}expected a URL, options or a function that gives them, got ${source === null ? "null" : typeof source}.`,
	);
}

function isSource(source: unknown): boolean {
	return (
		typeof source === "string" ||
		typeof source === "function" ||
		(typeof source === "object" && source !== null)
	);
}
