import type { StandardSchemaV1 } from "@standard-schema/spec";
import { beginAtProgram } from "../errors/program-stack.ts";
import type { ErrorDetail } from "../errors/validation-error.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";

/** The parts of a session's text. */
export interface SessionContent {
	readonly value: unknown;
	/** When it was begun and when it was written, in seconds since 1970. */
	readonly begunS: number;
	readonly writtenS: number;
}

/**
 * The text of a session. Its value goes into it as an answer with that response schema would send it, dates, maps and codecs too, and is read
 * again before: what would not come back is told to who writes it, not to somebody who is logged out in silence.
 *
 * @returns a promise where the schema has asynchronous rules
 * @throws TypeError when the value does not fit the schema
 */
export function writeContent(
	schema: StandardSchemaV1,
	{ value, begunS, writtenS }: SessionContent,
): string | Promise<string> {
	const { encode, parseJson } = compileSchema(schema);
	const written = (encoded: Parsed): string | Promise<string> => {
		const text = encodeJson(fitting(encoded) ?? null);
		const again = parseJson(parse(text), []);
		const content = `{"v":${text},"b":${begunS},"w":${writtenS}}`;
		return then(again, (parsed) => {
			fitting(parsed);
			return content;
		});
	};
	return then(encode(value, []), written);
}

/** Reads what {@link writeContent} wrote. The value is still to be parsed by the schema. */
export function readContent(text: string): SessionContent {
	const { v, b, w } = parse(text) as { v: unknown; b: number; w: number };
	return { value: v, begunS: b, writtenS: w };
}

/** We have written it: it may be as deep as it is. */
function parse(text: string): unknown {
	return decodeJson(text, { depth: Number.POSITIVE_INFINITY, bigints: true });
}

function fitting({ errors, value }: Parsed): unknown {
	if (errors !== undefined) {
		const places = errors.map(
			({ loc, msg }: ErrorDetail) => `${loc.join(".") || "the value"}: ${msg}`,
		);
		throw beginAtProgram(
			new TypeError(
				`the value of a session does not fit its schema: ${places.join("; ")}.`,
			),
		);
	}
	return value;
}

function then<Value, Result>(
	value: Value | Promise<Value>,
	next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
	return value instanceof Promise ? value.then(next) : next(value);
}
