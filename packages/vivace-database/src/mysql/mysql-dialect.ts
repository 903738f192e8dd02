import {
	type CompiledQuery,
	type DatabaseIntrospector,
	type Dialect,
	type Driver,
	type Kysely,
	MysqlAdapter,
	MysqlIntrospector,
	type QueryCompiler,
	type QueryResult,
	sql,
	type TransactionSettings,
} from "kysely";
import { DatabaseError } from "../errors/database-error.ts";
import { mysqlErrors } from "../errors/mysql-errors.ts";
import type { Pool } from "../pool/pool.ts";
import { isRepeated } from "../session/compile-query.ts";
import { ServerDriver, type ServerEngine } from "../session/server-driver.ts";
import { savepointSql } from "../session/statement-kind.ts";
import { type DatePrecision, encode } from "../values/encode.ts";
import { asksNotes, withNotes } from "../values/exact-values.ts";
import type { SchemaVersion } from "../values/schema-version.ts";
import {
	CharacterQueryCompiler,
	type SchemaCharacters,
} from "./character-set.ts";
import { notesOf } from "./decode-rows.ts";
import type { MysqlAnswer, MysqlConnection } from "./mysql-connection.ts";

/** Kysely over our pool: MySQL's SQL, our connections. */
export class MysqlPoolDialect implements Dialect {
	readonly #pool: Pool<MysqlConnection>;
	readonly #dates: DatePrecision;
	readonly #characters: SchemaCharacters;
	readonly #schema: SchemaVersion;

	constructor(
		pool: Pool<MysqlConnection>,
		dates: DatePrecision,
		characters: SchemaCharacters,
		schema: SchemaVersion,
	) {
		this.#pool = pool;
		this.#dates = dates;
		this.#characters = characters;
		this.#schema = schema;
	}

	createDriver(): Driver {
		return new ServerDriver(this.#pool, engineWith(this.#dates, this.#schema));
	}

	createQueryCompiler(): QueryCompiler {
		return this.#schema.toldBy(new CharacterQueryCompiler(this.#characters));
	}

	createAdapter(): MysqlAdapter {
		return new LockingMysqlAdapter();
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	createIntrospector(db: Kysely<any>): DatabaseIntrospector {
		return new MysqlIntrospector(db);
	}
}

/** How long another process may take to migrate, in seconds. */
const migrationLockSeconds = 600;
const migrationLock = "vivace_migrations";

/** Kysely's adapter asks for the lock of migrations but does not look at the answer. */
class LockingMysqlAdapter extends MysqlAdapter {
	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	override async acquireMigrationLock(db: Kysely<any>): Promise<void> {
		const { rows } = await sql<{ taken: number | null }>`
			select get_lock(${migrationLock}, ${migrationLockSeconds}) as taken`.execute(
			db,
		);
		if (rows[0]?.taken === 1) {
			return;
		}
		throw new DatabaseError(
			"MIGRATION_LOCKED",
			`another process has been migrating this database for ${migrationLockSeconds} s.`,
		);
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	override async releaseMigrationLock(db: Kysely<any>): Promise<void> {
		await sql`select release_lock(${migrationLock})`.execute(db);
	}
}

function engineWith(
	precision: DatePrecision,
	schema: SchemaVersion,
): ServerEngine<MysqlConnection> {
	return {
		errors: mysqlErrors,
		schema,
		async execute<Row>(connection: MysqlConnection, query: CompiledQuery) {
			const values = encode(query.parameters, query.sql, precision);
			const answer = await connection.query(
				query.sql,
				values,
				isRepeated(query),
			);
			return toResult<Row>(answer, query);
		},
		stream: (connection, { sql, parameters }, chunkSize) =>
			connection.stream(sql, encode(parameters, sql, precision), chunkSize),
		begin,
		commit: async (connection) => {
			await connection.query("commit");
		},
		control: async (connection, sql) => {
			await connection.query(sql);
		},
		savepointSql,
	};
}

async function begin(
	connection: MysqlConnection,
	{ isolationLevel, accessMode }: TransactionSettings,
): Promise<void> {
	if (isolationLevel) {
		await connection.query(`set transaction isolation level ${isolationLevel}`);
	}
	await connection.query(`start transaction ${accessMode ?? ""}`);
}

function toResult<Row>(
	{ result, fields }: MysqlAnswer,
	query: CompiledQuery,
): QueryResult<Row> {
	if (Array.isArray(result)) {
		const rows = result as Row[];
		return asksNotes(query) ? withNotes({ rows }, notesOf(fields)) : { rows };
	}
	const { insertId, affectedRows, changedRows } = result;
	const found = { rows: [], numAffectedRows: BigInt(affectedRows ?? 0) };
	const changed =
		changedRows === undefined
			? found
			: { ...found, numChangedRows: BigInt(changedRows) };
	return insertId ? { ...changed, insertId: BigInt(insertId) } : changed;
}
