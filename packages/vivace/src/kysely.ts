export {
	type Database,
	type DatabaseOptions,
	type Engine,
	openDatabase,
} from "./kysely/database.ts";
export {
	DatabaseError,
	type DatabaseErrorCode,
	isConnectionLost,
	isDeadlock,
	isDuplicateKey,
	isForeignKeyViolation,
	isNotExecuted,
	isOutcomeUnknown,
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
export type { MysqlOptions } from "./kysely/mysql-options.ts";
export type { PoolStats } from "./kysely/pool-stats.ts";
export { type RetryUnitOptions, retryUnit } from "./kysely/retry.ts";
export type { SqliteOptions } from "./kysely/sqlite-options.ts";
