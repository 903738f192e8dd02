import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CompiledSchema } from "./compiled-schema.ts";
import { compileJsonParser } from "./json-parser.ts";
import { libraryOf, readSchema } from "./read-schema.ts";
import { resultEncoder } from "./result-encoder.ts";
import {
	fieldsOfShape,
	kindOfShape,
	type SchemaField,
	type SchemaKind,
} from "./schema-field.ts";
import { SchemaUse } from "./schema-use.ts";
import { type AbsentValue, compileAbsentValue } from "./shape/absent-value.ts";
import type { ResultEncoder } from "./shape/parsed.ts";
import { type Shape, someShape } from "./shape/shape.ts";
import { compileModelParser, compileTextParser } from "./value-parsers.ts";

const compiledSchemas = new WeakMap<StandardSchemaV1, CompiledSchema>();

/** Compiles a schema; the same schema gives the same compiled one. */
export function compileSchema(schema: StandardSchemaV1): CompiledSchema {
	let compiled = compiledSchemas.get(schema);
	if (compiled === undefined) {
		compiled = new LazySchema(schema);
		compiledSchemas.set(schema, compiled);
	}
	return compiled;
}

/**
 * Reads a schema, so that what is wrong with it shows when the app is built.
 *
 * @throws SetupError `VIV_SCHEMA` when two fields have one name on the wire
 */
export function readShapes(schema: StandardSchemaV1): void {
	const compiled = compileSchema(schema);
	void compiled.shape;
	void compiled.outputShape;
}

class LazySchema implements CompiledSchema {
	readonly schema: StandardSchemaV1;
	readonly #use: SchemaUse;
	#fields: readonly SchemaField[] | undefined;
	#holdsBigInts: boolean | undefined;
	#absent: AbsentValue | undefined;
	#parseText: CompiledSchema["parseText"] | undefined;
	#parseTexts: CompiledSchema["parseTexts"] | undefined;
	#parseJson: CompiledSchema["parseJson"] | undefined;
	#encode: ResultEncoder | undefined;

	constructor(schema: StandardSchemaV1) {
		this.schema = schema;
		this.#use = new SchemaUse(
			schema,
			libraryOf(schema),
			(direction) => readSchema(schema, direction).shape,
		);
	}

	get shape(): Shape {
		return this.#use.input;
	}

	get outputShape(): Shape {
		return this.#use.output;
	}

	get isEncodedBackwards(): boolean {
		return this.#use.isEncodedBackwards;
	}

	get holdsBigInts(): boolean {
		this.#holdsBigInts ??= someShape(this.#use.input, asksForBigInt);
		return this.#holdsBigInts;
	}

	get kind(): SchemaKind {
		return kindOfShape(this.#use.input);
	}

	get isRequired(): boolean {
		return this.#absentValue.isRequired;
	}

	get fields(): readonly SchemaField[] {
		this.#fields ??= fieldsOfShape(this.#use.input);
		return this.#fields;
	}

	get parseAbsent(): CompiledSchema["parseAbsent"] {
		return this.#absentValue.parse;
	}

	get parseText(): CompiledSchema["parseText"] {
		this.#parseText ??= compileTextParser(this.#use, this.#absentValue);
		return this.#parseText;
	}

	get parseTexts(): CompiledSchema["parseTexts"] {
		this.#parseTexts ??= compileModelParser(this.#use);
		return this.#parseTexts;
	}

	get parseJson(): CompiledSchema["parseJson"] {
		this.#parseJson ??= compileJsonParser(this.#use, this.#absentValue);
		return this.#parseJson;
	}

	get encode(): ResultEncoder {
		this.#encode ??=
			this.#use.library.composed?.(
				this.schema,
				(part) => compileSchema(part).encode,
			) ?? resultEncoder(this.#use);
		return this.#encode;
	}

	get #absentValue(): AbsentValue {
		this.#absent ??= compileAbsentValue(this.#use);
		return this.#absent;
	}
}

function asksForBigInt({ kind, values }: Shape): boolean {
	return kind === "bigint" || values.some((value) => typeof value === "bigint");
}
