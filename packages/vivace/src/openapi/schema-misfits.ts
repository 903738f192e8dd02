import type { OpenApiDocument } from "./operation.ts";

/** JSON Schema, as far as it is compared. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** Two schemas of one place: values by the first come to somebody who knows the second. */
export interface SchemaPair {
	readonly sent: JsonSchema | undefined;
	readonly sentIn: OpenApiDocument;
	readonly accepted: JsonSchema | undefined;
	readonly acceptedIn: OpenApiDocument;
}

/** Why a value that is sent may not be accepted. */
export interface Misfit {
	readonly kind:
		| "type"
		| "values"
		| "required"
		| "closed"
		| "bound"
		| "variant";
	/** The type, the value, the property or the rule. */
	readonly detail: string;
}

/** A misfit with its place below the compared schemas: `.items[].price`. */
export interface PlacedMisfit {
	readonly path: string;
	readonly misfit: Misfit;
}

/** Settings of a comparison. */
export interface MisfitOptions {
	/** Whether lengths, limits, patterns and formats count. */
	readonly bounds: boolean;
}

/** The misfits of a pair of schemas, at any depth; schemas that contain themselves are compared once. */
export function misfits(
	pair: SchemaPair,
	options: MisfitOptions,
): Generator<PlacedMisfit> {
	return compared(pair, "", { options, seen: new Map() });
}

interface Comparison {
	readonly options: MisfitOptions;
	/** The pairs that have been compared, or are being compared. */
	readonly seen: Map<object, Set<object>>;
}

type Plain = Readonly<Record<string, unknown>>;

function* compared(
	pair: SchemaPair,
	path: string,
	comparison: Comparison,
): Generator<PlacedMisfit> {
	const sent = resolved(pair.sent, pair.sentIn);
	const accepted = resolved(pair.accepted, pair.acceptedIn);
	if (isSeen(sent, accepted, comparison) || isAny(accepted)) {
		return;
	}
	const sentVariants = variantsOf(sent);
	const acceptedVariants = variantsOf(accepted);
	if (sentVariants.length > 1 || acceptedVariants.length > 1) {
		for (const variant of sentVariants) {
			const isTaken = acceptedVariants.some((other) =>
				fits({ ...pair, sent: variant, accepted: other }, comparison),
			);
			if (!isTaken) {
				const detail = describe(resolved(variant, pair.sentIn));
				yield { path, misfit: { kind: "variant", detail } };
			}
		}
		return;
	}
	yield* typeMisfits(sent, accepted, path);
	yield* valueMisfits(sent, accepted, path);
	if (comparison.options.bounds) {
		yield* boundMisfits(sent, accepted, path);
	}
	yield* objectMisfits({ pair, sent, accepted }, path, comparison);
	if (sent.items !== undefined && accepted.items !== undefined) {
		yield* compared(
			{
				...pair,
				sent: sent.items as JsonSchema,
				accepted: accepted.items as JsonSchema,
			},
			`${path}[]`,
			comparison,
		);
	}
}

/** Of its own what it has seen: a variant that does not fit must not count as compared. */
function fits(pair: SchemaPair, { options, seen }: Comparison): boolean {
	const copy = new Map(
		[...seen].map(([schema, others]) => [schema, new Set(others)]),
	);
	const found = compared(pair, "", { options, seen: copy });
	return found.next().done === true;
}

function isSeen(sent: object, accepted: object, { seen }: Comparison): boolean {
	const others = seen.get(sent) ?? new Set();
	seen.set(sent, others);
	const isKnown = others.has(accepted);
	others.add(accepted);
	return isKnown;
}

/** Through references, and one schema in `allOf`; what can't be found is anything. */
function resolved(
	schema: JsonSchema | undefined,
	document: OpenApiDocument,
	depth = 0,
): Plain {
	if (typeof schema !== "object" || depth > 50) {
		return {};
	}
	const { $ref: reference, allOf } = schema;
	if (typeof reference === "string") {
		return resolved(lookUp(reference, document), document, depth + 1);
	}
	if (!Array.isArray(allOf)) {
		return schema;
	}
	const known = merged.get(schema);
	if (known !== undefined) {
		return known;
	}
	const { allOf: _, ...own } = schema;
	const parts = allOf.map((part) => resolved(part, document, depth + 1));
	const whole: Plain = Object.assign({}, ...parts, own);
	merged.set(schema, whole);
	return whole;
}

/** The same object each time: schemas that contain themselves are known by it. */
const merged = new WeakMap<object, Plain>();

function lookUp(
	reference: string,
	document: OpenApiDocument,
): JsonSchema | undefined {
	let found: unknown = document;
	for (const part of reference.replace(/^#\//, "").split("/")) {
		const name = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
		found = (found as Plain | undefined)?.[name];
	}
	return found as JsonSchema | undefined;
}

/** RFC 6901 §6; as it is where it is no percent-encoding. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function isAny(schema: Plain): boolean {
	return Object.keys(schema).every((name) =>
		["title", "description", "default", "examples", "example"].includes(name),
	);
}

function variantsOf(schema: Plain): readonly JsonSchema[] {
	const variants = schema.anyOf ?? schema.oneOf;
	if (Array.isArray(variants)) {
		return variants;
	}
	const { type } = schema;
	return Array.isArray(type) && type.length > 1
		? type.map((each) => ({ ...schema, type: each }))
		: [schema];
}

function describe({ type, title, const: value }: Plain): string {
	if (value !== undefined) {
		return JSON.stringify(value);
	}
	return String(title ?? type ?? "another kind of value");
}

function typesOf({ type }: Plain): readonly string[] {
	return type === undefined
		? []
		: ((Array.isArray(type) ? type : [type]) as string[]);
}

function* typeMisfits(
	sent: Plain,
	accepted: Plain,
	path: string,
): Generator<PlacedMisfit> {
	const allowed = typesOf(accepted);
	if (allowed.length === 0) {
		return;
	}
	const given = typesOf(sent);
	for (const type of given.length === 0 ? ["any value"] : given) {
		const isAllowed =
			allowed.includes(type) ||
			(type === "integer" && allowed.includes("number"));
		if (!isAllowed && sent.const === undefined && sent.enum === undefined) {
			yield { path, misfit: { kind: "type", detail: type } };
		}
	}
}

function valuesOf(schema: Plain): readonly string[] | undefined {
	const values =
		schema.const === undefined ? schema.enum : ([schema.const] as unknown);
	return Array.isArray(values)
		? values.map((value) => JSON.stringify(value))
		: undefined;
}

function* valueMisfits(
	sent: Plain,
	accepted: Plain,
	path: string,
): Generator<PlacedMisfit> {
	const allowed = valuesOf(accepted);
	if (allowed === undefined) {
		return;
	}
	const given = valuesOf(sent) ?? ["any other value"];
	for (const value of given.filter((each) => !allowed.includes(each))) {
		yield { path, misfit: { kind: "values", detail: value } };
	}
}

const lowerBounds = [
	"minimum",
	"exclusiveMinimum",
	"minLength",
	"minItems",
	"minProperties",
];
const upperBounds = [
	"maximum",
	"exclusiveMaximum",
	"maxLength",
	"maxItems",
	"maxProperties",
];
const sameRules = ["pattern", "format", "multipleOf", "uniqueItems"];

function* boundMisfits(
	sent: Plain,
	accepted: Plain,
	path: string,
): Generator<PlacedMisfit> {
	for (const rule of lowerBounds) {
		const limit = accepted[rule];
		const was = sent[rule] ?? Number.NEGATIVE_INFINITY;
		if (typeof limit === "number" && (was as number) < limit) {
			yield { path, misfit: { kind: "bound", detail: rule } };
		}
	}
	for (const rule of upperBounds) {
		const limit = accepted[rule];
		const was = sent[rule] ?? Number.POSITIVE_INFINITY;
		if (typeof limit === "number" && (was as number) > limit) {
			yield { path, misfit: { kind: "bound", detail: rule } };
		}
	}
	for (const rule of sameRules) {
		if (accepted[rule] && accepted[rule] !== sent[rule]) {
			yield { path, misfit: { kind: "bound", detail: rule } };
		}
	}
}

function* objectMisfits(
	{
		pair,
		sent,
		accepted,
	}: {
		readonly pair: SchemaPair;
		readonly sent: Plain;
		readonly accepted: Plain;
	},
	path: string,
	comparison: Comparison,
): Generator<PlacedMisfit> {
	const given = (sent.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
	const known = (accepted.properties ?? {}) as typeof given;
	const always = (sent.required ?? []) as readonly string[];
	for (const name of (accepted.required ?? []) as readonly string[]) {
		if (!always.includes(name)) {
			yield { path, misfit: { kind: "required", detail: name } };
		}
	}
	for (const [name, schema] of Object.entries(given)) {
		const other = known[name];
		if (other !== undefined) {
			yield* compared(
				{ ...pair, sent: schema, accepted: other },
				`${path}.${name}`,
				comparison,
			);
		} else if (
			comparison.options.bounds &&
			accepted.additionalProperties === false
		) {
			yield { path, misfit: { kind: "closed", detail: name } };
		}
	}
}
