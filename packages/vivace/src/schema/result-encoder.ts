import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../errors/validation-error.ts";
import { compileConversion, unchanged } from "./shape/conversion.ts";
import { compileNullFields } from "./shape/null-fields.ts";
import type { Parsed, Refuse } from "./shape/parsed.ts";
import { shapeOfSchema } from "./shape/schema-shape.ts";
import { type Shape, someShape } from "./shape/shape.ts";

type Validate = StandardSchemaV1["~standard"]["validate"];
type Validated = Awaited<ReturnType<Validate>>;

/** Gives a value that a handler returned in the form that goes on the wire, or what the schema has against it. */
export type ResultEncoder = (
	value: unknown,
	loc: Location,
) => Parsed | Promise<Parsed>;

/**
 * Compiles the way of a result to the wire: validate, fill in null for what is absent and may be null, and where the schema holds dates,
 * sets, maps or big integers, encode.
 * A schema with codecs is run backwards, from its output to its input.
 */
export function resultEncoder(
	schema: StandardSchemaV1,
	inputShape: Shape,
	refuse: Refuse,
): ResultEncoder {
	const runBackwards = backwardsRun(schema, inputShape);
	const validate = runBackwards ?? schema["~standard"].validate;
	const shape =
		runBackwards === undefined ? shapeOfSchema(schema, "output") : inputShape;
	const dropsUnknown = droppers.has(schema["~standard"].vendor);
	const toWire = compileConversion(shape, dropsUnknown ? "wire" : "bare-wire");
	const complete = compileNullFields(shape);
	const convert = compileConversion(inputShape, "result");

	const encodeValid = (result: Validated, value: unknown, loc: Location) => {
		if (result.issues !== undefined) {
			return refuse(result.issues, value, loc);
		}
		if (toWire === unchanged && complete === unchanged) {
			return result as Parsed;
		}
		return { value: toWire(complete(result.value)) };
	};
	const encodeOrRetry = (result: Validated, value: unknown, loc: Location) => {
		if (result.issues === undefined) {
			return encodeValid(result, value, loc);
		}
		const converted = convert(value);
		return Object.is(converted, value)
			? refuse(result.issues, value, loc)
			: settle(validate(converted), (retried) =>
					encodeValid(retried, value, loc),
				);
	};
	return (value, loc) => {
		const result = validate(value);
		return result instanceof Promise
			? result.then((settled) => encodeOrRetry(settled, value, loc))
			: encodeOrRetry(result, value, loc);
	};
}

/** The libraries whose objects drop what they don't name, unless the schema says otherwise. */
const droppers: ReadonlySet<string> = new Set(["zod", "valibot"]);

function settle(
	result: Validated | Promise<Validated>,
	next: (result: Validated) => Parsed | Promise<Parsed>,
): Parsed | Promise<Parsed> {
	return result instanceof Promise ? result.then(next) : next(result);
}

/** What of a Zod schema runs it backwards (`z.encode`). */
interface ZodCodec {
	safeEncode?(value: unknown): ZodResult;
	safeEncodeAsync?(value: unknown): Promise<ZodResult>;
}

interface ZodResult {
	readonly success: boolean;
	readonly data?: unknown;
	readonly error?: { readonly issues: readonly StandardSchemaV1.Issue[] };
}

/** Zod refuses to run a one-way transform backwards: a schema that has one is validated forwards. */
function backwardsRun(
	schema: StandardSchemaV1,
	shape: Shape,
): Validate | undefined {
	const codec = schema as ZodCodec;
	if (codec.safeEncode === undefined) {
		return undefined;
	}
	if (!someShape(shape, ({ change }) => change === "codec")) {
		return undefined;
	}
	if (someShape(shape, ({ change }) => change === "transform")) {
		return undefined;
	}
	return (value) => {
		try {
			return validatedOf(codec.safeEncode?.(value));
		} catch {
			// Zod throws where something is asynchronous
			return codec
				.safeEncodeAsync?.(value)
				.then(validatedOf) as Promise<Validated>;
		}
	};
}

function validatedOf(result: ZodResult | undefined): Validated {
	return result?.error === undefined
		? { value: result?.data }
		: { issues: result.error.issues };
}
