import type { Random } from "./random.ts";

/** A JSON Schema as it stands in an OpenAPI document. */
export interface DocumentedSchema {
	readonly [keyword: string]: unknown;
}

/** How often a value is not what its schema asks for. */
const wrongShare = 0.08;
/** Recursive schemas end here. */
const maxDepth = 5;

/** Values for the schemas of one document: right ones, ones at a bound, and now and then something else. */
export class SchemaValues {
	readonly #definitions: Readonly<Record<string, DocumentedSchema>>;
	readonly #random: Random;

	constructor(
		definitions: Readonly<Record<string, DocumentedSchema>>,
		random: Random,
	) {
		this.#definitions = definitions;
		this.#random = random;
	}

	/** A value that `JSON.stringify` can write. */
	valueFor(schema: DocumentedSchema | undefined, depth = 0): unknown {
		const random = this.#random;
		if (schema === undefined || random.chance(wrongShare)) {
			return random.of(oddValues)();
		}
		if (typeof schema.$ref === "string") {
			const name = schema.$ref.split("/").at(-1) ?? "";
			return this.valueFor(this.#definitions[name], depth);
		}
		if (Array.isArray(schema.examples) && random.chance(0.3)) {
			return random.of(schema.examples);
		}
		const options = (schema.anyOf ?? schema.oneOf) as
			| readonly DocumentedSchema[]
			| undefined;
		if (options !== undefined && options.length > 0) {
			return this.valueFor(random.of(options), depth);
		}
		if ("const" in schema) {
			return schema.const;
		}
		if (Array.isArray(schema.enum)) {
			return random.of(schema.enum);
		}
		return this.#typed(schema, depth);
	}

	#typed(schema: DocumentedSchema, depth: number): unknown {
		switch (schema.type) {
			case "string":
				return this.#text(schema);
			case "integer":
				return Math.trunc(this.#number(schema));
			case "number":
				return this.#number(schema);
			case "boolean":
				return this.#random.chance(0.5);
			case "null":
				return null;
			case "array":
				return this.#list(schema, depth);
			case "object":
				return this.#object(schema, depth);
			default:
				return this.#random.of(oddValues)();
		}
	}

	#text(schema: DocumentedSchema): string {
		const random = this.#random;
		const samples = textsOfFormat[String(schema.format)];
		if (samples !== undefined) {
			return random.of(samples);
		}
		const min = Number(schema.minLength ?? 0);
		const max = Number(schema.maxLength ?? 20);
		const length = random.of([min, max, max + 1, Math.max(0, min - 1), 3]);
		const letters = random.of([
			"a",
			"Z9",
			"é",
			"😀",
			" ",
			"\u0000",
			"%",
			"'\"",
		]);
		return letters.repeat(length).slice(0, length);
	}

	#number(schema: DocumentedSchema): number {
		const low = Number(schema.minimum ?? schema.exclusiveMinimum ?? -2);
		const high = Number(schema.maximum ?? schema.exclusiveMaximum ?? 50);
		return this.#random.of([
			low,
			low - 1,
			low + 1,
			high,
			high + 1,
			(low + high) / 2,
			1,
			0,
		]);
	}

	#list(schema: DocumentedSchema, depth: number): unknown[] {
		const random = this.#random;
		const min = Number(schema.minItems ?? 0);
		const max = Number(schema.maxItems ?? 3);
		const most = random.chance(0.02) ? 300 : Math.min(max + 1, 5);
		const length =
			depth > maxDepth ? min : random.of([min, most, random.below(most + 1)]);
		return Array.from({ length: Math.min(length, 400) }, () =>
			this.valueFor(schema.items as DocumentedSchema | undefined, depth + 1),
		);
	}

	#object(
		schema: DocumentedSchema,
		depth: number,
	): Readonly<Record<string, unknown>> {
		const random = this.#random;
		const properties = Object.entries(
			(schema.properties ?? {}) as Readonly<Record<string, DocumentedSchema>>,
		);
		const required = (schema.required ?? []) as readonly string[];
		const entries: [string, unknown][] = [];
		for (const [name, property] of properties) {
			const share = required.includes(name) ? 0.95 : 0.5;
			if (depth <= maxDepth && random.chance(share)) {
				entries.push([name, this.valueFor(property, depth + 1)]);
			}
		}
		if (random.chance(0.15) || properties.length === 0) {
			const items = schema.additionalProperties as DocumentedSchema | undefined;
			entries.push([
				random.of(oddNames),
				this.valueFor(typeof items === "object" ? items : undefined, depth + 1),
			]);
		}
		return Object.fromEntries(entries);
	}
}

const oddNames = [
	"extra",
	"__proto__",
	"constructor",
	"",
	"toString",
	"0",
	"é",
];

/** Values that somebody's program was once not ready for. */
const oddValues: readonly (() => unknown)[] = [
	...[null, true, false, 0, -1, 1.5, -0, 2 ** 53, 1e308, 5e-324].map(
		(value) => () => value,
	),
	...["", " ", "a", "0", "-1", "1e5", "nan", "inf", "null", "true", "[]"].map(
		(value) => () => value,
	),
	...["99999999999999999999", "0000-00-00", "9999-12-31T23:59:60Z", "P1Y"].map(
		(value) => () => value,
	),
	...["\u0000", "\ud800", "\u202e", "__proto__", "%00", "../../etc"].map(
		(value) => () => value,
	),
	() => [],
	() => ({}),
	() => [[]],
	() => [null],
	() => ({ __proto__: null, constructor: 1 }),
	() => JSON.parse('{"__proto__":{"a":1}}'),
	() => "x".repeat(5000),
	() => Array(300).fill({}),
	() => JSON.parse(`${"[".repeat(150)}1${"]".repeat(150)}`),
	...[
		"1e400",
		"-1e400",
		"99999999999999999999",
		"9".repeat(5000),
		"1E-400",
	].map((text) => () => rawNumber(text)),
];

const moments = [
	"2020-02-29T12:00:00Z",
	"2020-01-01",
	"0001-01-01T00:00:00Z",
	"9999-12-31T23:59:59.999999+23:59",
	"2021-02-29T00:00:00",
	"1e9",
	"-62135596800",
];

const textsOfFormat: Readonly<Record<string, readonly string[]>> = {
	date: ["2020-02-29", "2021-02-29", "0000-01-01", "2020-1-1"],
	"date-time": moments,
	time: ["12:00:00", "24:00", "12:00:00Z", "12:60"],
	duration: ["P1D", "PT1S", "-PT0.5S", "P", "1"],
	uuid: ["6c84fb90-12c4-11e1-840d-7b25c5ee775a", "6c84fb90", "urn:uuid:x"],
	email: ["a@example.com", "a@b", "@", "a@example.com\n"],
	uri: ["https://example.com/", "http://", "javascript:1", "//a"],
};

/** A number that `JSON.stringify` writes as it stands; not in the types yet. */
function rawNumber(text: string): unknown {
	const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
	return rawJSON(text);
}
