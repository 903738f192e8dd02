import type { Migration } from "kysely/migration";

/**
 * Migrations by name; they run in the order of their names, so begin each with a number or a date: `001_chat_history`.
 *
 * `transaction: false` is for what PostgreSQL refuses in a transaction (`create index concurrently`): what comes before it is stored, it runs alone,
 * and what it leaves when it fails is its own to mend when it runs again. The other engines run it as they run all.
 */
export type Migrations = Readonly<
	Record<string, Migration & { readonly transaction?: boolean }>
>;

/** The goal of a migration: the newest migration, a named one, or the state before the first. */
export type MigrationTarget = "latest" | "none" | { readonly name: string };
