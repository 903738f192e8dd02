import {
	type CompiledQuery,
	type DatabaseIntrospector,
	type Dialect,
	type Driver,
	type Kysely,
	PostgresIntrospector,
	PostgresQueryCompiler,
	type QueryCompiler,
	type QueryResult,
	type TransactionSettings,
} from "kysely";
import { DatabaseError } from "../errors/database-error.ts";
import { postgresErrors } from "../errors/postgres-errors.ts";
import type { Pool } from "../pool/pool.ts";
import { isRepeated } from "../session/compile-query.ts";
import { ServerDriver, type ServerEngine } from "../session/server-driver.ts";
import type { DatePrecision } from "../values/encode.ts";
import { asksNotes, withNotes } from "../values/exact-values.ts";
import type { SchemaVersion } from "../values/schema-version.ts";
import { PostgresMigrationAdapter } from "./migration-lock.ts";
import type {
	PostgresAnswer,
	PostgresConnection,
} from "./postgres-connection.ts";
import { isRaw, resultOf } from "./raw-query.ts";

/** Kysely over our pool: PostgreSQL's SQL, our connections. */
export class PostgresPoolDialect implements Dialect {
	readonly #pool: Pool<PostgresConnection>;
	readonly #dates: DatePrecision;
	readonly #schema: SchemaVersion;

	constructor(
		pool: Pool<PostgresConnection>,
		dates: DatePrecision,
		schema: SchemaVersion,
	) {
		this.#pool = pool;
		this.#dates = dates;
		this.#schema = schema;
	}

	createDriver(): Driver {
		return new ServerDriver(this.#pool, engineWith(this.#dates, this.#schema));
	}

	createQueryCompiler(): QueryCompiler {
		return this.#schema.toldBy(new PostgresQueryCompiler());
	}

	createAdapter(): PostgresMigrationAdapter {
		return new PostgresMigrationAdapter();
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	createIntrospector(db: Kysely<any>): DatabaseIntrospector {
		return new PostgresIntrospector(db);
	}
}

function engineWith(
	precision: DatePrecision,
	schema: SchemaVersion,
): ServerEngine<PostgresConnection> {
	return {
		errors: postgresErrors,
		schema,
		async execute<Row>(connection: PostgresConnection, query: CompiledQuery) {
			if (isRaw(query)) {
				const { sql, parameters, raw } = query;
				return resultOf<Row>(
					await connection.queryRaw(sql, parameters, raw.isPrepared),
				);
			}
			const answer = await connection.query(query.sql, query.parameters, {
				isPrepared: isRepeated(query),
				precision,
			});
			return toResult<Row>(answer, query);
		},
		stream: (connection, query, chunkSize) =>
			connection.stream(query.sql, query.parameters, chunkSize, precision),
		begin: async (connection, settings) => {
			await connection.query(beginSql(settings));
		},
		commit,
		control: async (connection, sql) => {
			await connection.query(sql);
		},
		savepointSql: (command, name) =>
			`${command} "${name.replaceAll('"', '""')}"`,
	};
}

function beginSql({ isolationLevel, accessMode }: TransactionSettings): string {
	const isolation = isolationLevel && `isolation level ${isolationLevel}`;
	return ["begin", isolation, accessMode].filter(Boolean).join(" ");
}

/** In a transaction that an error has given up, the server answers a commit with `ROLLBACK`, and no error. */
async function commit(connection: PostgresConnection): Promise<void> {
	const { tag } = await connection.query("commit");
	if (tag !== "COMMIT") {
		throw new DatabaseError(
			"TRANSACTION_SPOILED",
			"nothing of this transaction was stored: the server had refused one of its statements, and gives all of it up then; a savepoint before one that may fail keeps the rest.",
			{ cause: connection.spoiledBy },
		);
	}
}

function toResult<Row>(
	{ rows, tag }: PostgresAnswer,
	query: CompiledQuery,
): QueryResult<Row> {
	const result = { rows: rows as Row[] };
	// INSERT 0 1, UPDATE 3, DELETE 3, MERGE 3
	const changed = /^(?:INSERT|UPDATE|DELETE|MERGE)\b.* (\d+)$/.exec(tag)?.[1];
	if (changed !== undefined) {
		return { ...result, numAffectedRows: BigInt(changed) };
	}
	// it compares values as it sorts them, and gives them whole: there is nothing to say of any column
	return asksNotes(query) ? withNotes(result, () => undefined) : result;
}
