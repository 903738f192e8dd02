import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../errors/validation-error.ts";
import type { SchemaDirection } from "./document/json-schema.ts";
import { finiteOnly, ownProblems } from "./finite-only.ts";
import type {
	SchemaLibrary,
	Validate,
	Validation,
} from "./library/schema-library.ts";
import { compileConversion } from "./shape/conversion.ts";
import { compileNonFinite } from "./shape/non-finite.ts";
import {
	compileNullFields,
	hasIncompleteDefault,
} from "./shape/null-fields.ts";
import type { Parsed, ParseOptions } from "./shape/parsed.ts";
import type { Sample } from "./shape/sample.ts";
import { type Conversion, unchanged } from "./shape/scalar-conversions.ts";
import { type Shape, someShape } from "./shape/shape.ts";
import { isBranchingUnion, isLooseUnion } from "./shape/union-choice.ts";
import { errorDetails } from "./words/error-details.ts";
import type { Problem } from "./words/problem.ts";

export type Validated = StandardSchemaV1.Result<unknown>;

/** The parts that the readers of a schema share; each is made when it is first asked for. */
export class SchemaUse {
	readonly schema: StandardSchemaV1;
	readonly library: SchemaLibrary;
	readonly #shapeOf: (direction: SchemaDirection) => Shape;
	#input: Shape | undefined;
	#output: Shape | undefined;
	#validation: Validation | undefined;
	#withNulls: Conversion | undefined;
	#withOutputNulls: Conversion | undefined;
	#convertsFirst: boolean | undefined;

	constructor(
		schema: StandardSchemaV1,
		library: SchemaLibrary,
		shapeOf: (direction: SchemaDirection) => Shape,
	) {
		this.schema = schema;
		this.library = library;
		this.#shapeOf = shapeOf;
	}

	get input(): Shape {
		this.#input ??= this.#shapeOf("input");
		return this.#input;
	}

	get output(): Shape {
		this.#output ??= this.#shapeOf("output");
		return this.#output;
	}

	get validation(): Validation {
		this.#validation ??= this.library.validation?.(this.schema, {
			prefersMostSet: this.#isBranching,
		}) ?? { validate: this.schema["~standard"].validate };
		return this.#validation;
	}

	get #isBranching(): boolean {
		const { tellsLists = false } = this.library;
		return someShape(this.input, (shape) =>
			isBranchingUnion(shape, tellsLists),
		);
	}

	get validate(): Validate {
		return this.validation.validate;
	}

	/** The validation of what is received; a function that stands before a schema sees it first, and what that gives is converted. */
	receiver(way: "text" | "json" | "strict"): Validation {
		const validation = this.#convertingReceiver(way);
		const search =
			this.library.takesInfinity?.(this.schema) === true
				? compileNonFinite(this.input)
				: undefined;
		return search === undefined ? validation : finiteOnly(validation, search);
	}

	#convertingReceiver(way: "text" | "json" | "strict"): Validation {
		if (!someShape(this.input, (shape) => shape.isPreprocessed)) {
			return this.validation;
		}
		const convertsTo = (shape: Shape): Conversion => {
			const convert =
				way === "strict" ? unchanged : compileConversion(shape, way);
			const withNulls = this.library.nullsFirst
				? compileNullFields(shape)
				: unchanged;
			return (value) => withNulls(convert(value));
		};
		const wishes = { prefersMostSet: true, convertsTo };
		return this.library.validation?.(this.schema, wishes) ?? this.validation;
	}

	/**
	 * The quick way of a value that is right as it is, and plain: what {@link SchemaUse.validate} gives for {@link SchemaUse.withNulls} of it;
	 * `undefined` for any other value.
	 */
	get plainCopier(): Conversion | undefined {
		const { copyPlain } = this.validation;
		if (copyPlain === undefined || this.convertsFirst) {
			return undefined;
		}
		const { withNulls } = this;
		return withNulls === unchanged
			? copyPlain
			: (value) => copyPlain(withNulls(value));
	}

	/** Gives a value null for each field that may be null and is absent, before the schema's own refinements and transforms see it. */
	get withNulls(): Conversion {
		this.#withNulls ??= this.library.nullsFirst
			? compileNullFields(this.input)
			: unchanged;
		return this.#withNulls;
	}

	/** The same after validation, for what came out of a transform or a default; nothing to do where output is input. */
	get withOutputNulls(): Conversion {
		this.#withOutputNulls ??=
			this.library.nullsFirst &&
			this.output === this.input &&
			!someShape(this.input, hasIncompleteDefault)
				? unchanged
				: compileNullFields(this.output);
		return this.#withOutputNulls;
	}

	/** The library would convert by itself, or be content with the wrong member of a union: our conversion goes first. */
	get convertsFirst(): boolean {
		this.#convertsFirst ??= someShape(
			this.input,
			(shape) => shape.coerces || isLooseUnion(shape),
		);
		return this.#convertsFirst;
	}

	/**
	 * Validates a result that may have NaN and the infinities where the schema has a number; `undefined` where it has none, or its library can't.
	 */
	get validateNonFinite(): Validate | undefined {
		const { library, schema, input } = this;
		if (!someShape(input, ({ kind }) => kind === "number")) {
			return undefined;
		}
		const takesNonFinite = true;
		const prefersMostSet = this.#isBranching;
		const backwards = library.backwards?.(schema, input, { takesNonFinite });
		if (backwards !== undefined) {
			return backwards;
		}
		const forwards = library.validation?.(schema, {
			prefersMostSet,
			takesNonFinite,
		});
		return forwards?.takesNonFinite ? forwards.validate : undefined;
	}

	get isEncodedBackwards(): boolean {
		const { library, schema, input } = this;
		return library.backwards === undefined
			? // parts that are another library's
				library.composed !== undefined
			: library.backwards(schema, input) !== undefined;
	}

	/** The errors of what the schema refused: with the value as it was received, not as it was converted. */
	refuse(
		issues: readonly StandardSchemaV1.Issue[],
		value: unknown,
		loc: Location,
		options: ParseOptions = {},
	): Parsed {
		const { strict: isStrict = false, problems: limit = 100, sample } = options;
		// some issues are of one place, of which the first is told
		const read = issues.slice(0, 4 * limit);
		const found = ownProblems(read) ?? this.library.problems(read, this.schema);
		const problems =
			sample === undefined
				? found
				: found.filter((problem) => !isOfWhole(problem, sample));
		const context = { shape: this.input, value, loc, isStrict, limit };
		const { errors, more } = errorDetails(problems, context);
		const left = more + issues.length - read.length;
		return left === 0 ? { errors } : { errors, more: left };
	}

	/** Makes of what the schema said of a value what a reader gives. */
	settle(
		result: Validated | Promise<Validated>,
		received: unknown,
		loc: Location,
		options?: ParseOptions,
	): Parsed | Promise<Parsed> {
		return result instanceof Promise
			? result.then((settled) =>
					this.#settleNow(settled, received, loc, options),
				)
			: this.#settleNow(result, received, loc, options);
	}

	#settleNow(
		result: Validated,
		received: unknown,
		loc: Location,
		options: ParseOptions | undefined,
	): Parsed {
		// a success has the form of `Parsed` already: nothing is copied
		return result.issues === undefined
			? (result as Parsed)
			: this.refuse(result.issues, received, loc, options);
	}
}

/** True for a problem of a list or an object as a whole, of which a sample has only a part. */
function isOfWhole(problem: Problem, sample: Sample): boolean {
	const isAboutAll =
		problem.about === "other" ||
		(problem.about === "bound" && problem.side === "min");
	return isAboutAll && sample.isCut(problem.path);
}
