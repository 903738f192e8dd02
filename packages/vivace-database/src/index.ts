export {
	type BrokenConstraint,
	CheckError,
	ConstraintError,
	type ConstraintKind,
	DuplicateKeyError,
	ForeignKeyError,
	NotNullError,
} from "./errors/constraint-error.ts";
export {
	DatabaseError,
	type DatabaseErrorCode,
	isConnectionLost,
	isDeadlock,
	isDuplicateKey,
	isForeignKeyViolation,
	isNotExecuted,
	isOutcomeUnknown,
	isSafeToRetry,
	isUnavailable,
} from "./errors/database-error.ts";
export type { ErrorKind } from "./errors/error-kind.ts";
export { SetupError, type SetupErrorCode } from "./errors/setup-error.ts";
export {
	assertMigrated,
	engineOf,
	MigrationError,
	type MigrationStatus,
	migrate,
	migrationStatus,
	migrationsCheck,
} from "./migrate/migrate.ts";
export type { Migrations, MigrationTarget } from "./migrate/migrations.ts";
export { tableTypes } from "./migrate/table-types.ts";
export type { MysqlOptions } from "./mysql/mysql-options.ts";
export {
	assertDatabaseOptions,
	type Database,
	type DatabaseOptions,
} from "./open/database.ts";
export { openDatabase } from "./open/open-database.ts";
export type { PoolStats } from "./pool/pool-stats.ts";
export type {
	ServerHost,
	ServerOptions,
	ServerTlsOptions,
} from "./pool/server-options.ts";
export { type PgPoolOptions, pgPool } from "./postgres/pg-pool.ts";
export type { PostgresOptions } from "./postgres/postgres-options.ts";
export { compileQuery, type QueryFunction } from "./session/compile-query.ts";
export type { DatabaseSessions } from "./session/database-sessions.ts";
export { type RetryUnitOptions, retryUnit } from "./session/retry.ts";
export { Session } from "./session/session.ts";
export { SessionEndedError } from "./session/session-error.ts";
export type { SessionOptions } from "./session/session-options.ts";
export type { Engine } from "./session/statement-kind.ts";
export {
	type AnyDatabase,
	databaseCheck,
	type WithSessionOptions,
	withSession,
} from "./session/with-session.ts";
export type { SqliteOptions } from "./sqlite/sqlite-options.ts";
export {
	BindError,
	type DatePrecision,
	decodeDate,
	encodeDate,
} from "./values/encode.ts";
