import { decodeInteger } from "../values/encode.ts";
import { noteExactText } from "../values/exact-values.ts";
import { parseArray } from "./postgres-array.ts";
import { decodeInterval } from "./postgres-interval.ts";

/** Makes a value of a column's text. */
export type Decode = (text: string) => unknown;

/** Numbers of types (`pg_type.dat` of PostgreSQL's sources). Those of the user's own begin at `firstOwnType`. */
export const postgresTypes = {
	bool: 16,
	bytea: 17,
	int8: 20,
	int2: 21,
	int4: 23,
	oid: 26,
	json: 114,
	float4: 700,
	float8: 701,
	date: 1082,
	timestamp: 1114,
	timestamptz: 1184,
	interval: 1186,
	jsonb: 3802,
} as const;

/** Types from here on are made by users and extensions, and have other numbers in each database. */
export const firstOwnType = 16_384;

const decoders: ReadonlyMap<number, Decode> = new Map<number, Decode>([
	[postgresTypes.bool, (text) => text === "t"],
	[postgresTypes.bytea, (text) => Buffer.from(text.slice(2), "hex")],
	[postgresTypes.int2, Number],
	[postgresTypes.int4, Number],
	[postgresTypes.oid, Number],
	[postgresTypes.int8, decodeInt8],
	[postgresTypes.float4, Number],
	[postgresTypes.float8, Number],
	[postgresTypes.json, (text) => JSON.parse(text)],
	[postgresTypes.jsonb, (text) => JSON.parse(text)],
	[postgresTypes.date, decodeTimestamp],
	[postgresTypes.timestamp, decodeTimestamp],
	[postgresTypes.timestamptz, decodeTimestamp],
	[postgresTypes.interval, decodeInterval],
]);

/** The types of the server's own arrays, by their members'; all others of its types are text as well. */
const memberTypes: ReadonlyMap<number, number> = new Map([
	[1000, postgresTypes.bool],
	[1001, postgresTypes.bytea],
	[1016, postgresTypes.int8],
	[1005, postgresTypes.int2],
	[1007, postgresTypes.int4],
	[1028, postgresTypes.oid],
	[199, postgresTypes.json],
	[1021, postgresTypes.float4],
	[1022, postgresTypes.float8],
	[1182, postgresTypes.date],
	[1115, postgresTypes.timestamp],
	[1185, postgresTypes.timestamptz],
	[3807, postgresTypes.jsonb],
	[1009, 25], // text
	[1015, 1043], // varchar
	[1014, 1042], // char(n)
	[1002, 18], // "char"
	[1003, 19], // name
	[1231, 1700], // numeric
	[2951, 2950], // uuid
	[1183, 1083], // time
	[1270, 1266], // timetz
	[1187, postgresTypes.interval],
	[1041, 869], // inet
	[651, 650], // cidr
	[1040, 829], // macaddr
]);

/** The types of one database: the server's own, and what was learned of the user's. */
export class PostgresTypes {
	/** By the number of an array's type the number of its members'; of other types undefined. */
	readonly #own = new Map<number, number | undefined>();

	/** True for a type of which it has to be asked what it is. */
	isUnknown(type: number): boolean {
		return type >= firstOwnType && !this.#own.has(type);
	}

	/** Takes in what the server says of a type: an array's members, or that it is none. */
	learn(type: number, memberType: number | undefined): void {
		this.#own.set(type, memberType);
	}

	/** The type of an array's members; undefined for what is no array. */
	memberTypeOf(type: number): number | undefined {
		return memberTypes.get(type) ?? this.#own.get(type);
	}

	/** The function that makes values of a type; undefined where a value is its text. */
	decoderOf(type: number): Decode | undefined {
		const member = this.memberTypeOf(type);
		if (member === undefined) {
			return decoders.get(type);
		}
		const decode = decoders.get(member) ?? ((text: string) => text);
		return (text) => parseArray(text, decode);
	}
}

function decodeInt8(text: string): number | bigint {
	return text.length < 16 ? Number(text) : decodeInteger(BigInt(text));
}

/**
 * `2026-01-02 03:04:05.678901+00`, `2026-01-02`, `0044-03-15 BC`, `infinity`: sessions are in UTC, so that nothing is to be added. What a `Date`
 * can't be (infinity, the years past 275,760) is an invalid one. Its text, and that of a year which can't be bound as a `Date`, is kept for who sorts by it.
 */
export function decodeTimestamp(text: string): Date {
	const [, year, month, day, hours, minutes, seconds, fraction = ""] =
		/^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?/.exec(
			text,
		) ?? [];
	if (year === undefined) {
		return exact(new Date(Number.NaN), text);
	}
	const date = new Date(0);
	const isBeforeChrist = text.endsWith(" BC");
	date.setUTCFullYear(
		isBeforeChrist ? 1 - Number(year) : Number(year),
		Number(month) - 1,
		Number(day),
	);
	date.setUTCHours(
		Number(hours ?? 0),
		Number(minutes ?? 0),
		Number(seconds ?? 0),
		Number(fraction.slice(0, 3).padEnd(3, "0")),
	);
	const isWhole = fraction === "" && !isBeforeChrist && year.length === 4;
	return isWhole ? date : exact(date, text);
}

function exact(date: Date, text: string): Date {
	noteExactText(date, text);
	return date;
}
