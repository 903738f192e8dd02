/** Which kind of constraint a statement would have broken. */
export type ConstraintKind =
	| "duplicateKey"
	| "foreignKey"
	| "check"
	| "notNull";

/** A broken constraint, as far as it is known. */
export interface BrokenConstraint {
	/**
	 * Its name: of a key what MySQL calls it, on SQLite too (`PRIMARY`, the name of a unique index or constraint, else the first column of
	 * it), on PostgreSQL its name there (`account_pkey`, `account_email_key`); of a check its name, or on SQLite, where it has none, its expression. Undefined where the database does not tell: for
	 * `notNull`, and for foreign keys on SQLite.
	 */
	readonly constraint: string | undefined;
	/** The table; undefined where the database does not tell. */
	readonly table: string | undefined;
	/** The columns of a key on SQLite and PostgreSQL, the column of a foreign key on MySQL and PostgreSQL, the one that must not be null; else empty. */
	readonly columns: readonly string[];
}

/**
 * A row that the database refused because of a constraint. The same on every engine; `cause` is the driver's error. On SQLite and MySQL
 * what came before it in a transaction is as it was, and a session may go on; PostgreSQL gives the transaction up, unless the statement ran in
 * `session.nested()`.
 *
 * Its message names the constraint and the statement, with a placeholder for each value, and no value of a row.
 */
export class ConstraintError extends Error implements BrokenConstraint {
	override readonly name: string = "ConstraintError";
	readonly kind: ConstraintKind;
	readonly constraint: string | undefined;
	readonly table: string | undefined;
	readonly columns: readonly string[];
	/** The statement, with placeholders. */
	readonly sql: string;

	/** @internal */
	constructor(
		kind: ConstraintKind,
		broken: BrokenConstraint,
		sql: string,
		cause: Error,
	) {
		super(cause.message, { cause });
		this.kind = kind;
		this.constraint = broken.constraint;
		this.table = broken.table;
		this.columns = broken.columns;
		this.sql = sql;
	}
}

/**
 * A row with the same primary or unique key is there already.
 *
 * @example
 * ```ts
 * import { App, HTTPException } from "vivace";
 * import { database, DuplicateKeyError } from "vivace/database";
 * import { z } from "zod";
 *
 * interface Tables {
 * 	account: { email: string };
 * }
 *
 * const bank = database<Tables>("sqlite:data/bank.db");
 * const app = new App();
 *
 * app.post("/accounts", { email: z.email(), bank }, async ({ email, bank: { db } }) => {
 * 	try {
 * 		await db.insertInto("account").values({ email }).execute();
 * 	} catch (error) {
 * 		if (error instanceof DuplicateKeyError && error.constraint === "email") {
 * 			throw new HTTPException(409, "there is an account with this address");
 * 		}
 * 		throw error;
 * 	}
 * });
 * ```
 */
export class DuplicateKeyError extends ConstraintError {
	override readonly name = "DuplicateKeyError";
}

/** A foreign key names a row that is not there, or the row is still named by another one. */
export class ForeignKeyError extends ConstraintError {
	override readonly name = "ForeignKeyError";
}

/** A row does not fulfil a check of its table. */
export class CheckError extends ConstraintError {
	override readonly name = "CheckError";
}

/** A column that must have a value got none. */
export class NotNullError extends ConstraintError {
	override readonly name = "NotNullError";
}

/** The class of each kind. */
export const constraintClasses: Readonly<
	Record<
		ConstraintKind,
		new (
			kind: ConstraintKind,
			broken: BrokenConstraint,
			sql: string,
			cause: Error,
		) => ConstraintError
	>
> = {
	duplicateKey: DuplicateKeyError,
	foreignKey: ForeignKeyError,
	check: CheckError,
	notNull: NotNullError,
};

/** The kinds that have a class. */
export const constraintKinds: ReadonlySet<string> = new Set(
	Object.keys(constraintClasses),
);
