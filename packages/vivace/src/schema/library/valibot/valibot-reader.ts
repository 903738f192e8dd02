import { keysKey, type MarkedSchema, markKey } from "../../shape/shape-reader.ts";

/** What of a Valibot schema or action is read; its own types are not imported, so that Vivace does not depend on it. */
export interface ValibotSchema {
	readonly kind: "schema" | "validation" | "transformation" | "metadata";
	readonly type: string;
	readonly pipe?: readonly ValibotSchema[];
	readonly wrapped?: ValibotSchema;
	readonly default?: unknown;
	readonly literal?: unknown;
	readonly options?: readonly unknown[];
	readonly entries?: Readonly<Record<string, ValibotSchema>>;
	readonly items?: readonly ValibotSchema[];
	readonly item?: ValibotSchema;
	readonly rest?: ValibotSchema;
	readonly key?: ValibotSchema;
	readonly value?: ValibotSchema;
	readonly getter?: (input: unknown) => ValibotSchema;
	readonly requirement?: unknown;
	readonly title?: string;
	readonly description?: string;
	readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * Reads off a Valibot schema what its JSON Schema would say: Valibot's own schemas have none
 * (`@valibot/to-json-schema` adds it for the document), and dates, sets and maps have none at all.
 */
export function readValibotSchema(
	schema: ValibotSchema,
	direction: "input" | "output",
): MarkedSchema {
	return new ValibotReader(direction).read(schema);
}

type Draft = Record<string, unknown>;

class ValibotReader {
	readonly #direction: "input" | "output";
	// an entry stands before it is filled, so that a lazy schema may refer to itself
	readonly #known = new Map<unknown, Draft>();

	constructor(direction: "input" | "output") {
		this.#direction = direction;
	}

	read(schema: ValibotSchema | undefined): Draft {
		if (schema === undefined) {
			return {};
		}
		const known = this.#known.get(schema.getter ?? schema);
		if (known !== undefined) {
			return known;
		}
		const draft: Draft = {};
		this.#known.set(schema.getter ?? schema, draft);
		Object.assign(
			draft,
			schema.pipe === undefined
				? this.#readType(schema)
				: this.#readPipe(schema.pipe),
		);
		return draft;
	}

	#readPipe(pipe: readonly ValibotSchema[]): Draft {
		const [first, ...rest] = pipe;
		let draft: Draft = { ...(first && this.#readType(first)) };
		for (const item of rest) {
			if (item.kind === "metadata") {
				Object.assign(draft, readMetadata(item));
			} else if (item.kind === "validation") {
				Object.assign(draft, readAction(item, draft.type));
			}
			// from here on it is no longer what came in
			else if (this.#direction === "input") {
				break;
			} else {
				draft = item.kind === "schema" ? { ...this.read(item) } : {};
			}
		}
		return draft;
	}

	#readType(schema: ValibotSchema): Draft {
		const scalar = scalarTypes[schema.type];
		if (scalar !== undefined) {
			return scalar;
		}
		switch (schema.type) {
			case "literal":
				return { const: schema.literal };
			case "picklist":
			case "enum":
				return { enum: schema.options };
			case "array":
				return { type: "array", items: this.read(schema.item) };
			case "set":
				return { [markKey]: "set", items: this.read(schema.value) };
			case "map":
			case "record":
				return this.#readRecord(schema);
			case "union":
				return { anyOf: this.#readAll(schema.options) };
			case "variant":
				return { oneOf: this.#readAll(schema.options) };
			case "intersect":
				return { allOf: this.#readAll(schema.options) };
			case "lazy":
				// a reference, not a copy: what it refers to may not be filled yet
				return { anyOf: [this.read(schema.getter?.(undefined))] };
			default:
				return this.#readStructure(schema);
		}
	}

	#readStructure(schema: ValibotSchema): Draft {
		if (schema.wrapped !== undefined) {
			return this.#readWrapped(schema);
		}
		if (schema.items !== undefined) {
			return {
				type: "array",
				prefixItems: this.#readAll(schema.items),
				items: this.read(schema.rest),
			};
		}
		return schema.entries === undefined
			? {}
			: this.#readObject(schema, schema.entries);
	}

	#readAll(schemas: readonly unknown[] = []): Draft[] {
		return schemas.map((schema) => this.read(schema as ValibotSchema));
	}

	#readRecord(schema: ValibotSchema): Draft {
		const draft: Draft = {
			type: "object",
			additionalProperties: this.read(schema.value),
			[keysKey]: this.read(schema.key),
		};
		if (schema.type === "map") {
			draft[markKey] = "map";
		}
		return draft;
	}

	#readObject(
		schema: ValibotSchema,
		entries: Readonly<Record<string, ValibotSchema>>,
	): Draft {
		const draft: Draft = {
			type: "object",
			properties: Object.fromEntries(
				Object.entries(entries).map(([name, entry]) => [
					name,
					this.read(entry),
				]),
			),
			required: Object.keys(entries).filter(
				(name) => !optionalTypes.has(entries[name]?.type ?? ""),
			),
		};
		if (schema.rest !== undefined) {
			draft.additionalProperties = this.read(schema.rest);
		}
		return draft;
	}

	#readWrapped(schema: ValibotSchema): Draft {
		const inner = this.read(schema.wrapped);
		const isNullable = schema.type === "nullable" || schema.type === "nullish";
		const draft: Draft = {
			anyOf: isNullable ? [inner, { type: "null" }] : [inner],
		};
		const isConstant = typeof schema.default !== "function";
		if (schema.default !== undefined && isConstant) {
			draft.default = schema.default;
		}
		return draft;
	}
}

const optionalTypes: ReadonlySet<string> = new Set([
	"optional",
	"exact_optional",
	"nullish",
]);

const scalarTypes: Readonly<Record<string, Draft>> = {
	string: { type: "string" },
	number: { type: "number" },
	boolean: { type: "boolean" },
	null: { type: "null" },
	bigint: { [markKey]: "bigint" },
	date: { [markKey]: "date" },
	undefined: { [markKey]: "absent" },
	void: { [markKey]: "absent" },
	blob: { type: "string", format: "binary" },
	file: { type: "string", format: "binary" },
};

const formats: Readonly<Record<string, string>> = {
	email: "email",
	rfc_email: "email",
	uuid: "uuid",
	url: "uri",
	ipv4: "ipv4",
	ipv6: "ipv6",
	iso_date: "date",
	iso_time: "time",
	iso_time_second: "time",
	iso_timestamp: "date-time",
};

const bounds: Readonly<Record<string, string>> = {
	min_value: "minimum",
	max_value: "maximum",
	gt_value: "exclusiveMinimum",
	lt_value: "exclusiveMaximum",
	multiple_of: "multipleOf",
};

function readAction(action: ValibotSchema, type: unknown): Draft {
	const { requirement } = action;
	const format = formats[action.type];
	if (format !== undefined) {
		return { format };
	}
	if (action.type === "integer" || action.type === "safe_integer") {
		return { type: "integer" };
	}
	if (requirement instanceof RegExp) {
		return { pattern: requirement.source };
	}
	if (typeof requirement !== "number") {
		return {};
	}
	const bound = bounds[action.type];
	if (bound !== undefined) {
		return { [bound]: requirement };
	}
	if (type !== "string") {
		return {};
	}
	if (action.type === "min_length") {
		return { minLength: requirement };
	}
	if (action.type === "max_length") {
		return { maxLength: requirement };
	}
	return action.type === "length"
		? { minLength: requirement, maxLength: requirement }
		: {};
}

function readMetadata(action: ValibotSchema): Draft {
	if (action.type === "title") {
		return { title: action.title };
	}
	if (action.type === "description") {
		return { description: action.description };
	}
	return { ...action.metadata };
}
