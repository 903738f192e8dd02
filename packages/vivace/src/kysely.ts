export { compileQuery, type QueryFunction } from "./kysely/compile-query.ts";
export { conflictHandler } from "./kysely/conflict-handler.ts";
export {
	type BrokenConstraint,
	CheckError,
	ConstraintError,
	type ConstraintKind,
	DuplicateKeyError,
	ForeignKeyError,
	NotNullError,
} from "./kysely/constraint-error.ts";
export {
	type Database,
	type DatabaseOptions,
	openDatabase,
} from "./kysely/database.ts";
export {
	DatabaseDependency,
	type DatabaseDependencyOptions,
	type DatabaseSource,
	database,
} from "./kysely/database-dependency.ts";
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
} from "./kysely/database-error.ts";
export {
	type DatabaseUnavailableOptions,
	databaseUnavailable,
} from "./kysely/database-unavailable.ts";
export {
	BindError,
	type DatePrecision,
	decodeDate,
	encodeDate,
} from "./kysely/encode.ts";
export {
	engineOf,
	MigrationError,
	type MigrationStatus,
	type Migrations,
	type MigrationTarget,
	migrate,
	migrationStatus,
} from "./kysely/migrate.ts";
export type {
	MysqlHost,
	MysqlOptions,
	MysqlTlsOptions,
} from "./kysely/mysql-options.ts";
export type { OutageOptions } from "./kysely/outage.ts";
export type { PoolStats } from "./kysely/pool-stats.ts";
export { type RetryUnitOptions, retryUnit } from "./kysely/retry.ts";
export { retryConflicts } from "./kysely/retry-conflicts.ts";
export { Session } from "./kysely/session.ts";
export {
	type RequestSessionOptions,
	session,
} from "./kysely/session-dependency.ts";
export { SessionEndedError } from "./kysely/session-error.ts";
export { sessionMiddleware } from "./kysely/session-middleware.ts";
export type { SessionOptions } from "./kysely/session-options.ts";
export type { SqliteOptions } from "./kysely/sqlite-options.ts";
export type { Engine } from "./kysely/statement-kind.ts";
export { type WithSessionOptions, withSession } from "./kysely/with-session.ts";
