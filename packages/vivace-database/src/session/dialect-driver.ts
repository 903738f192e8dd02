import type {
	CompiledQuery,
	DatabaseConnection,
	Driver,
	QueryCompiler,
	QueryResult,
	TransactionSettings,
} from "kysely";
import {
	type ConstraintKind,
	constraintClasses,
} from "../errors/constraint-error.ts";
import { errorKind, noteKind } from "../errors/database-error.ts";
import type { ErrorKind } from "../errors/error-kind.ts";
import { mysqlErrors } from "../errors/mysql-errors.ts";
import { postgresErrors } from "../errors/postgres-errors.ts";
import {
	type Broken,
	type ErrorRules,
	statementError,
} from "../errors/statement-error.ts";
import type { PoolStats } from "../pool/pool-stats.ts";
import { Turns } from "../pool/turns.ts";

type Classify = (error: unknown) => ErrorKind | undefined;

/**
 * A driver of somebody else's, with errors by kind, and one borrower at a time where it has only one connection. It is begun once, whoever
 * asks first.
 */
export class DialectDriver implements Driver {
	readonly #driver: Driver;
	readonly #turns: Turns | undefined;
	readonly #rules: ErrorRules;
	#begun: Promise<void> | undefined;
	#ended: Promise<void> | undefined;
	#lent = 0;

	constructor(
		driver: Driver,
		hasManyConnections: boolean,
		classify: Classify | undefined,
	) {
		this.#driver = driver;
		this.#turns = hasManyConnections ? undefined : new Turns();
		this.#rules = rulesWith(classify);
	}

	init(): Promise<void> {
		this.#begun ??= this.#driver.init();
		return this.#begun;
	}

	stats(): PoolStats {
		return {
			open: this.#lent,
			idle: 0,
			inUse: this.#lent,
			connecting: 0,
			waiting: this.#turns?.waiting ?? 0,
		};
	}

	async acquireConnection(): Promise<DatabaseConnection> {
		await this.#turns?.take();
		try {
			const connection = await this.#driver.acquireConnection();
			this.#lent++;
			return new ClassifyingConnection(connection, this.#rules);
		} catch (error) {
			this.#turns?.pass();
			throw statementError(error, "connect", this.#rules);
		}
	}

	beginTransaction(
		connection: DatabaseConnection,
		settings: TransactionSettings,
	): Promise<void> {
		return this.#driver.beginTransaction(plain(connection), settings);
	}

	async commitTransaction(connection: DatabaseConnection): Promise<void> {
		try {
			await this.#driver.commitTransaction(plain(connection));
		} catch (error) {
			throw statementError(error, "commit", this.#rules);
		}
	}

	rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		return this.#driver.rollbackTransaction(plain(connection));
	}

	async savepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await required(this.#driver.savepoint).call(
			this.#driver,
			plain(connection),
			name,
			compile,
		);
	}

	async rollbackToSavepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await required(this.#driver.rollbackToSavepoint).call(
			this.#driver,
			plain(connection),
			name,
			compile,
		);
	}

	async releaseSavepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await this.#driver.releaseSavepoint?.(plain(connection), name, compile);
	}

	async releaseConnection(connection: DatabaseConnection): Promise<void> {
		try {
			await this.#driver.releaseConnection(plain(connection));
		} finally {
			this.#lent--;
			this.#turns?.pass();
		}
	}

	destroy(): Promise<void> {
		this.#ended ??= this.#driver.destroy();
		return this.#ended;
	}
}

class ClassifyingConnection implements DatabaseConnection {
	readonly plain: DatabaseConnection;
	readonly #rules: ErrorRules;

	constructor(connection: DatabaseConnection, rules: ErrorRules) {
		this.plain = connection;
		this.#rules = rules;
	}

	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		try {
			return await this.plain.executeQuery<Row>(query);
		} catch (error) {
			throw statementError(error, query.sql, this.#rules);
		}
	}

	async *streamQuery<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		try {
			yield* this.plain.streamQuery<Row>(query, chunkSize);
		} catch (error) {
			throw statementError(error, query.sql, this.#rules);
		}
	}
}

/** Kysely gives back what it got from us. */
function plain(connection: DatabaseConnection): DatabaseConnection {
	return (connection as ClassifyingConnection).plain;
}

function required<Method>(method: Method | undefined): Method {
	if (method === undefined) {
		throw new TypeError(
			"session.nested() needs savepoints, which the driver of this dialect has none of.",
		);
	}
	return method;
}

/** The engines' own rules know more of their errors than a kind. */
const known: readonly ErrorRules[] = [postgresErrors, mysqlErrors];

function rulesWith(classify: Classify | undefined): ErrorRules {
	return {
		brokenBy(error) {
			const kind = classify?.(error);
			if (kind !== undefined) {
				noteKind(error, kind);
			}
			const broken = known.map((rules) => rules.brokenBy(error)).find(Boolean);
			return broken ?? brokenOf(errorKind(error));
		},
		withoutValues: (error, sql) =>
			known.some((rules) => rules.withoutValues(error, sql)),
	};
}

function brokenOf(kind: ErrorKind | undefined): Broken | undefined {
	return kind !== undefined && Object.hasOwn(constraintClasses, kind)
		? {
				kind: kind as ConstraintKind,
				constraint: undefined,
				table: undefined,
				columns: [],
			}
		: undefined;
}
