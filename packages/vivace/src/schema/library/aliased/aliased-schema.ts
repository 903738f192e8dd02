import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SchemaDirection } from "../../document/json-schema.ts";
import { compileNullFields } from "../../shape/null-fields.ts";
import { type Conversion, unchanged } from "../../shape/scalar-conversions.ts";
import type { Shape } from "../../shape/shape.ts";
import type { SchemaLibrary, Validate } from "../schema-library.ts";
import { type AliasTree, aliasTree } from "./alias-tree.ts";
import type { AliasRule } from "./field-names.ts";
import { toOwnNames } from "./renamed-value.ts";

/** A schema whose fields are renamed, and what the room knows of it. */
export interface InnerSchema {
	readonly schema: StandardSchemaV1;
	readonly library: SchemaLibrary;
	shapeOf(direction: SchemaDirection): Shape;
}

/** An issue of the schema itself, with the value that it is about as it was received. */
export interface AliasedIssue extends StandardSchemaV1.Issue {
	readonly inner: StandardSchemaV1.Issue;
	readonly received: unknown;
}

export const aliasedVendor = "vivace-aliases";

/**
 * A schema of any library whose fields have other names on the wire: those are read, written, documented and told in errors. What it gives
 * has the schema's own.
 *
 * @typeParam Input what is received, by the names on the wire
 */
export class AliasedSchema<Input = unknown, Output = unknown>
	implements StandardSchemaV1<Input, Output>
{
	readonly "~standard": StandardSchemaV1.Props<Input, Output>;
	/** Tells its type from those of other schemas. */
	readonly "~renames": true = true;
	/** @internal */
	readonly inner: InnerSchema;
	/** @internal */
	readonly rule: AliasRule;
	#received: AliasTree | undefined;
	#sent: AliasTree | undefined;
	#withNulls: Conversion | undefined;

	/** @internal */
	constructor(inner: InnerSchema, rule: AliasRule) {
		this.inner = inner;
		this.rule = rule;
		const validate: Validate = (value) =>
			this.validateWith(inner.schema["~standard"].validate, value);
		this["~standard"] = {
			version: 1,
			vendor: aliasedVendor,
			validate: validate as StandardSchemaV1.Props<Input, Output>["validate"], // the names are those that the types say
		};
	}

	/** @internal The names of what is received. */
	get received(): AliasTree {
		this.#received ??= aliasTree([this.inner.shapeOf("input")], this.rule);
		return this.#received;
	}

	/** @internal The names of what is sent: a schema that runs backwards sends what it receives. */
	get sent(): AliasTree {
		const { inner, rule } = this;
		this.#sent ??= aliasTree(
			[inner.shapeOf("input"), inner.shapeOf("output")],
			rule,
		);
		return this.#sent;
	}

	/** @internal Has the schema itself validate what was received. */
	validateWith(
		validate: Validate,
		received: unknown,
	):
		| StandardSchemaV1.Result<unknown>
		| Promise<StandardSchemaV1.Result<unknown>> {
		const { library } = this.inner;
		this.#withNulls ??= library.nullsFirst
			? compileNullFields(this.inner.shapeOf("input"))
			: unchanged;
		const own = toOwnNames(this.received, received, library.dropsUnknown);
		const result = validate(this.#withNulls(own));
		return result instanceof Promise
			? result.then((settled) => withReceived(settled, received))
			: withReceived(result, received);
	}
}

function withReceived(
	result: StandardSchemaV1.Result<unknown>,
	received: unknown,
): StandardSchemaV1.Result<unknown> {
	return result.issues === undefined
		? result
		: {
				issues: result.issues.map(
					(inner): AliasedIssue => ({ ...inner, inner, received }),
				),
			};
}
