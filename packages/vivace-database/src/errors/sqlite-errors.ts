import type { DriverError, ErrorKind } from "./error-kind.ts";
import { type Broken, type ErrorRules, retell } from "./statement-error.ts";

/** Extended result codes of SQLite (https://sqlite.org/rescode.html). */
const checkCode = 275;
const foreignKeyCode = 787;
const notNullCode = 1299;
const primaryKeyCode = 1555;
const uniqueCode = 2067;
const rowIdCode = 2579;

/** The meaning of primary result codes. */
const kinds: ReadonlyMap<number, ErrorKind> = new Map([
	[5, "conflict"], // busy
	[10, "outage"], // an error of the disk
	[13, "outage"], // full
	[14, "outage"], // can't be opened
]);
const constraintKinds: ReadonlyMap<number, ErrorKind> = new Map([
	[checkCode, "check"],
	[foreignKeyCode, "foreignKey"],
	[notNullCode, "notNull"],
	[primaryKeyCode, "duplicateKey"],
	[uniqueCode, "duplicateKey"],
	[rowIdCode, "duplicateKey"],
]);

/** The meaning of an error of SQLite. */
export function sqliteKind({ errcode }: DriverError): ErrorKind | undefined {
	return typeof errcode === "number"
		? (constraintKinds.get(errcode) ?? kinds.get(errcode & 0xff))
		: undefined;
}

/** Runs a statement and gives its rows. */
type Ask = (sql: string, ...values: string[]) => readonly Row[];
type Row = Readonly<Record<string, unknown>>;

/**
 * SQLite's errors. They have no values: what is bound is not in a message of SQLite's.
 *
 * @param ask reads the schema, of which SQLite tells columns and no names
 */
export function sqliteErrors(ask: Ask): ErrorRules {
	return {
		brokenBy: (error) => brokenBy(error, ask),
		withoutValues(error) {
			const code = errcodeOf(error);
			if (typeof code === "number" && ofTheFile.has(code & 0xff)) {
				nameFile(error, ask);
			}
			return typeof code === "number";
		},
	};
}

/** Read-only, an error of the disk, damage, a full disk, no database: what is wrong is the file, not the statement. */
const ofTheFile: ReadonlySet<number> = new Set([8, 10, 11, 13, 26]);

function nameFile(error: Error, ask: Ask): void {
	try {
		const main = ask("pragma database_list").find(
			({ name }) => name === "main",
		);
		if (typeof main?.file === "string" && main.file !== "") {
			retell(error, `${error.message} (the file ${main.file})`);
		}
	} catch {
		// the fault of the file may be in the way here too: the error stays as it is
	}
}

function errcodeOf(error: Error): unknown {
	return (error as { readonly errcode?: unknown }).errcode;
}

function brokenBy(error: Error, ask: Ask): Broken | undefined {
	const subject = /constraint failed: ([\s\S]*)$/.exec(error.message)?.[1];
	const none = { constraint: undefined, table: undefined, columns: [] };
	switch (errcodeOf(error)) {
		case checkCode:
			return { kind: "check", ...none, constraint: subject };
		case foreignKeyCode:
			return { kind: "foreignKey", ...none };
		case notNullCode:
			return { kind: "notNull", ...none, ...columnsOf(subject) };
		case primaryKeyCode:
		case rowIdCode:
			return {
				kind: "duplicateKey",
				...columnsOf(subject),
				constraint: "PRIMARY",
			};
		case uniqueCode:
			return { kind: "duplicateKey", ...uniqueKey(subject, ask) };
		default:
			return undefined;
	}
}

/** `account.email, account.name` */
function columnsOf(subject: string = ""): {
	readonly table: string | undefined;
	readonly columns: readonly string[];
} {
	const names = subject.split(", ").filter((each) => each.includes("."));
	return {
		table: names[0]?.split(".")[0],
		columns: names.map((each) => each.slice(each.indexOf(".") + 1)),
	};
}

function uniqueKey(
	subject: string | undefined,
	ask: Ask,
): Omit<Broken, "kind"> {
	const index = /^index '([\s\S]*)'$/.exec(subject ?? "")?.[1];
	if (index !== undefined) {
		return { constraint: index, table: undefined, columns: [] };
	}
	const { table, columns } = columnsOf(subject);
	const constraint =
		table === undefined ? undefined : nameOf(table, columns, ask);
	return { constraint: constraint ?? columns[0], table, columns };
}

/** The name that a unique index or constraint was given. */
function nameOf(
	table: string,
	columns: readonly string[],
	ask: Ask,
): string | undefined {
	const isMeant = (names: readonly unknown[]): boolean =>
		names.length === columns.length &&
		names.every((name, index) => name === columns[index]);
	const indexes = ask(
		"select name from pragma_index_list(?) where \"unique\" = 1 and origin = 'c'",
		table,
	);
	const index = indexes.find(({ name }) =>
		isMeant(
			ask("select name from pragma_index_info(?)", String(name)).map(
				(column) => column.name,
			),
		),
	);
	if (index !== undefined) {
		return String(index.name);
	}
	const [schema] = ask(
		"select sql from sqlite_schema where type = 'table' and name = ?",
		table,
	);
	const named =
		/constraint\s+["`[]?([^\s"`\]]+)["`\]]?\s+unique\s*\(([^)]*)\)/gi;
	for (const [, name, list = ""] of String(schema?.sql).matchAll(named)) {
		const names = list
			.split(",")
			.map((each) => each.replace(/["`[\]]/g, "").trim());
		if (isMeant(names)) {
			return name;
		}
	}
	return undefined;
}
