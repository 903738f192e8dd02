import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { DescribedSchema } from "../document/described-schema.ts";
import type { SchemaDirection } from "../document/json-schema.ts";
import type { ResultEncoder } from "../shape/parsed.ts";
import type { Conversion } from "../shape/scalar-conversions.ts";
import type { Shape } from "../shape/shape.ts";
import type { Problem } from "../words/problem.ts";
import type { PlainKeeper } from "./plain-keepers.ts";

/** One direction of a schema; each side is made when it is first asked for, both from one reading of the library. */
export interface SchemaReading {
	/** The shape for conversion, encoding and the wording of errors; `unreadShape` where nothing is known. */
	readonly shape: Shape;
	/** The schema in the OpenAPI document. */
	readonly document: DescribedSchema;
	/** The other direction is the same: nothing is converted in between. */
	readonly isSymmetric: boolean;
}

export type Validate = StandardSchemaV1["~standard"]["validate"];

/** How values are validated by a schema. */
export interface Validation {
	readonly validate: Validate;
	/** A quick check of what is plain: true for a value that `validate` would give as it is, false where that must be asked. */
	readonly passes?: ((value: unknown) => boolean) | undefined;
	/**
	 * A quick copy of what is plain: what `validate` would give, lists and objects new; `undefined` where that must be asked. It never throws.
	 */
	readonly copyPlain?: ((value: unknown) => unknown) | undefined;
	/**
	 * Makes the keeper of what is plain, as received and with null for what is absent and may be: asked for once, by who reads JSON for nobody else.
	 */
	readonly plainKeeper?: () => PlainKeeper | undefined;
	/**
	 * The same as `validate` up to the first problem, so that 1 MB of wrong items costs no more than one; `undefined` for a value of which it can't tell
	 * without a promise.
	 */
	readonly validateQuickly?: (
		value: unknown,
	) => StandardSchemaV1.Result<unknown> | undefined;
	/** True where that takes no longer than `validate` for a right value. */
	readonly isQuickFree?: boolean;
	/** True where the wish of that name is fulfilled. */
	readonly takesNonFinite?: boolean;
}

/** Wishes of a validation beyond its library's own work. */
export interface ValidationWishes {
	/** Of a union of objects it takes the member with the most fields set, where the library takes the first that fits. */
	readonly prefersMostSet: boolean;
	/** Converts what a preprocessing function has given to the schema behind it. */
	readonly convertsTo?: (shape: Shape) => Conversion;
	/** Takes NaN and the infinities wherever the schema has a number, as a result may have them; a library that can't leaves it. */
	readonly takesNonFinite?: boolean;
}

/** The room's services for a library that reads a schema: only one whose schemas are made of other libraries' needs them. */
export interface SchemaReader {
	/** The reading of a part, kept as any other. */
	read(schema: StandardSchemaV1, direction: SchemaDirection): SchemaReading;
}

/**
 * All that Vivace knows of one schema library. A further library is one more file that implements this, and its line in the list of
 * `read-schema.ts`.
 */
export interface SchemaLibrary {
	/** `~standard.vendor` of its schemas. */
	readonly vendor: string;
	/** Its objects drop what they don't name, unless a schema says otherwise; where not, Vivace drops it from answers. */
	readonly dropsUnknown: boolean;
	/**
	 * Where its shapes say that null will do, null will do: then what is absent is null before validation, else after it. (Effect documents
	 * `optional` as "or null", and refuses null.)
	 */
	readonly nullsFirst: boolean;
	/** A list is never taken for an object or a record. Default: false. */
	readonly tellsLists?: boolean;
	/** Shape and document of one direction, from one reading; asked for at most once each, and kept by schema. */
	read(
		schema: StandardSchemaV1,
		direction: SchemaDirection,
		reader: SchemaReader,
	): SchemaReading;
	/** The problems that the library found with a value, in words that no library owns. */
	problems(
		issues: readonly StandardSchemaV1.Issue[],
		schema: StandardSchemaV1,
	): readonly Problem[];
	/** Its numbers may be infinite, or even NaN, where no schema says otherwise: what is received is looked through. Default: false. */
	takesInfinity?(schema: StandardSchemaV1): boolean;
	/** The validation of a schema, where it is more than `~standard.validate`. */
	validation?(
		schema: StandardSchemaV1,
		wishes: ValidationWishes,
	): Validation | undefined;
	/** Validates an output and gives the input that stands for it, as `z.encode`; `undefined`: results are validated forwards. */
	backwards?(
		schema: StandardSchemaV1,
		input: Shape,
		wishes?: Pick<ValidationWishes, "takesNonFinite">,
	): Validate | undefined;
	/** The encoder of a schema whose parts may be other libraries': each part by its own. */
	composed?(
		schema: StandardSchemaV1,
		encoderOf: (part: StandardSchemaV1) => ResultEncoder,
	): ResultEncoder | undefined;
}

/** A reading whose sides are each made when they are first asked for, and then kept. */
export function lazyReading(
	readShape: () => Shape,
	readDocument: () => DescribedSchema,
	isSymmetric = false,
): SchemaReading {
	let shape: Shape | undefined;
	let document: DescribedSchema | undefined;
	return {
		isSymmetric,
		get shape() {
			shape ??= readShape();
			return shape;
		},
		get document() {
			document ??= readDocument();
			return document;
		},
	};
}
