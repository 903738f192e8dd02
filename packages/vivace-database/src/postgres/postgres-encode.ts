import {
	BindError,
	type DatePrecision,
	encodeDate,
	encodeValue,
} from "../values/encode.ts";
import type { PgValue } from "./pg-port.ts";
import { type ArrayMembers, formatArray } from "./postgres-array.ts";
import { type PostgresTypes, postgresTypes } from "./postgres-types.ts";

/** True for a value whose form depends on the type of its parameter: a list is an array here and JSON there. */
export function needsType(value: unknown): boolean {
	return (
		typeof value === "object" &&
		value !== null &&
		!(value instanceof Date) &&
		!(value instanceof Uint8Array)
	);
}

/** The protocol counts parameters in 16 bits. */
const mostParameters = 65_535;

/**
 * Refuses what the protocol has no form for: the server would take the rest for a broken connection.
 *
 * @throws BindError for too many parameters, TypeError for a NUL character in the text
 */
export function assertSendable(
	sql: string,
	{ length }: readonly unknown[],
): void {
	if (length > mostParameters) {
		throw new BindError(
			mostParameters + 1,
			sql,
			`one too many of ${length}: PostgreSQL takes 65,535. Bind a list as one array (= any($1)), or write in parts`,
		);
	}
	if (sql.includes("\0")) {
		throw new TypeError(
			"the text of a statement has a NUL character, which PostgreSQL does not take, in names neither.",
		);
	}
}

/**
 * The parameters of a statement as the server takes them: as texts, of which it knows the types, and bytes as they are.
 *
 * @param typeOf gives the type of a parameter, for those that {@link needsType} names
 * @throws BindError for undefined, NaN, infinities, invalid dates, functions, symbols, and objects where there is no JSON
 */
export function encodeForPostgres(
	parameters: readonly unknown[],
	sql: string,
	precision: DatePrecision,
	types: PostgresTypes,
	typeOf: (index: number) => number,
): PgValue[] {
	return parameters.map((value, index) => {
		// most are these two, thousands of times a second
		if (Number.isInteger(value)) {
			return String(value);
		}
		if (typeof value === "string" && !value.includes("\0")) {
			return value;
		}
		const bind = { position: index + 1, sql, precision };
		return needsType(value)
			? encodeTyped(value as object, typeOf(index), types, bind)
			: encodeScalar(value, bind);
	});
}

interface Bind {
	readonly position: number;
	readonly sql: string;
	readonly precision: DatePrecision;
}

function encodeScalar(
	value: unknown,
	{ position, sql, precision }: Bind,
): PgValue {
	if (typeof value === "string") {
		if (value.includes("\0")) {
			throw new BindError(
				position,
				sql,
				"a text with a NUL character, which PostgreSQL can't hold",
			);
		}
		return value;
	}
	if (typeof value === "boolean") {
		return value ? "true" : "false";
	}
	if (value instanceof Date) {
		const year = value.getUTCFullYear();
		if (!(year >= 1 && year <= 9999)) {
			throw new BindError(
				position,
				sql,
				"a Date that is invalid or outside the years 1 to 9999",
			);
		}
		// a column without a zone, and one of dates, leave the zone out
		return `${encodeDate(value, precision)}+00`;
	}
	const encoded = encodeValue(value, position, sql, precision);
	return typeof encoded === "number" || typeof encoded === "bigint"
		? String(encoded)
		: (encoded as PgValue);
}

function encodeTyped(
	value: object,
	type: number,
	types: PostgresTypes,
	bind: Bind,
): PgValue {
	if (isJson(type)) {
		return JSON.stringify(value);
	}
	const memberType = types.memberTypeOf(type);
	if (Array.isArray(value) && memberType !== undefined) {
		return formatArray(membersOf(value, memberType, bind));
	}
	const { position, sql } = bind;
	throw new BindError(
		position,
		sql,
		Array.isArray(value)
			? "an array for a column that is neither an array nor JSON"
			: `an object (${value.constructor?.name ?? "no prototype"}) for a column that is not JSON: bind its fields, or JSON.stringify it`,
	);
}

function membersOf(
	values: readonly unknown[],
	memberType: number,
	bind: Bind,
): ArrayMembers {
	return values.map((value) => {
		if (isJson(memberType)) {
			return value === null ? null : JSON.stringify(value);
		}
		if (Array.isArray(value)) {
			return membersOf(value, memberType, bind);
		}
		const encoded = encodeScalar(value, bind);
		return Buffer.isBuffer(encoded)
			? `\\x${encoded.toString("hex")}`
			: (encoded as string | null);
	});
}

function isJson(type: number): boolean {
	return type === postgresTypes.json || type === postgresTypes.jsonb;
}
