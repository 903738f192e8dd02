import type { Conversion } from "../../shape/scalar-conversions.ts";
import type { Shape } from "../../shape/shape.ts";
import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { byFieldsSet } from "../../shape/union-choice.ts";
import { WalkMemory } from "../../shape/walk-memory.ts";
import {
	isPreprocessing,
	type ZodDefinition,
	type ZodPayload,
	type ZodSchema,
	zodParts,
} from "./zod-internals.ts";
import { convertFirst } from "./zod-preprocess.ts";
import { readZod } from "./zod-reader.ts";

/**
 * A copy of a schema whose unions take, of the members that a value fits, the one with most of its fields, as Pydantic's smart mode does;
 * Zod takes the first. The schema itself stays as it is.
 *
 * @param convertsTo converts what the function of `z.preprocess` has given
 */
export function withSmartUnions(
	schema: ZodSchema,
	convertsTo?: (shape: Shape) => Conversion,
): ZodSchema {
	return new Copier(convertsTo).copy(schema);
}

class Copier {
	readonly #copies = new Map<ZodSchema, ZodSchema>();
	readonly #convertsTo: ((shape: Shape) => Conversion) | undefined;

	constructor(convertsTo: ((shape: Shape) => Conversion) | undefined) {
		this.#convertsTo = convertsTo;
	}

	copy(schema: ZodSchema): ZodSchema {
		const known = this.#copies.get(schema);
		if (known !== undefined) {
			return known;
		}
		if (schema._zod.def.type !== "lazy" && zodParts(schema).length === 0) {
			return schema;
		}
		const copy = this.#anew(schema);
		this.#copies.set(schema, copy);
		return copy;
	}

	#anew(schema: ZodSchema): ZodSchema {
		const { def, constr } = schema._zod;
		const copy = new constr(this.#copyDefinition(def));
		if (def.type === "union" && def.inclusive !== false) {
			preferMostSet(copy, def.options ?? []);
		}
		return copy;
	}

	/** What stands behind a preprocessing function may stand elsewhere too: this copy is its own. */
	#behindFunction(schema: ZodSchema): ZodSchema {
		const copy = this.#anew(schema);
		if (this.#convertsTo !== undefined) {
			convertFirst(copy, schema, this.#convertsTo);
		}
		return copy;
	}

	/** The parts are copied when they are asked for: Zod asks late where a schema may contain itself. */
	#copyDefinition(def: ZodDefinition): ZodDefinition {
		// what is there as a getter (a default that is made) must stay one
		const properties = Object.getOwnPropertyDescriptors(def);
		// what a lazy schema has found is the original
		Reflect.deleteProperty(properties, "_cachedInner");
		const isPreprocess = isPreprocessing(def);
		for (const name of Object.keys(properties)) {
			const copyPart = partCopiers[name];
			const copyOne = (part: ZodSchema) =>
				isPreprocess && name === "out"
					? this.#behindFunction(part)
					: this.copy(part);
			if (copyPart !== undefined) {
				let made: unknown;
				Object.assign(properties, {
					[name]: {
						configurable: true,
						enumerable: true,
						get: () => {
							made ??= copyPart(def[name as keyof ZodDefinition], copyOne);
							return made;
						},
					},
				});
			}
		}
		return Object.defineProperties({}, properties) as ZodDefinition;
	}
}

type CopyPart = (
	part: unknown,
	copy: (schema: ZodSchema) => ZodSchema,
) => unknown;

const copySchema: CopyPart = (part, copy) => part && copy(part as ZodSchema);
const copyList: CopyPart = (part, copy) => (part as ZodSchema[]).map(copy);
const copyRecord: CopyPart = (part, copy) =>
	Object.fromEntries(
		Object.entries(part as Record<string, ZodSchema>).map(([name, field]) => [
			name,
			copy(field),
		]),
	);
const copyGetter: CopyPart = (part, copy) => () =>
	copy((part as () => ZodSchema)());

/** By the name in a definition: how what stands there is copied. */
const partCopiers: Readonly<Record<string, CopyPart>> = {
	innerType: copySchema,
	element: copySchema,
	keyType: copySchema,
	valueType: copySchema,
	left: copySchema,
	right: copySchema,
	in: copySchema,
	out: copySchema,
	rest: copySchema,
	catchall: copySchema,
	options: copyList,
	items: copyList,
	shape: copyRecord,
	getter: copyGetter,
};

interface ZodParser {
	parse: ZodSchema["_zod"]["run"];
	run: ZodSchema["_zod"]["run"];
}

const outcomes = new WalkMemory<ZodPayload | Promise<ZodPayload>>();

/** Makes a union try its members in the order of the fields that they name of the value. */
function preferMostSet(
	union: ZodSchema,
	originals: readonly ZodSchema[],
): void {
	const parser: ZodParser = union._zod;
	const { parse } = parser;
	const order = byFieldsSet(union._zod.def.options ?? [], () =>
		originals.map((option) =>
			shapeFromJsonSchema(readZod(option, "input").raw, true),
		),
	);
	const smart: typeof parse = (payload, context) => {
		if ((context as { direction?: string }).direction === "backward") {
			return parse(payload, context);
		}
		const found = outcomes.once(union, payload.value, () =>
			choose({ value: payload.value, issues: [] }, context),
		);
		return found instanceof Promise
			? found.then(payloadLike)
			: payloadLike(found);
	};
	const choose: typeof parse = (payload, context) => {
		const members = order(payload.value);
		for (const [index, member] of members.entries()) {
			const result = run(member, payload, context);
			if (result instanceof Promise) {
				return finishLater(
					result,
					members.slice(index + 1),
					payload,
					context,
				).then(
					// its errors are told in the order in which the members were declared
					(found) => found ?? parse(payload, context),
				);
			}
			if (result.issues.length === 0) {
				payload.value = result.value;
				return payload;
			}
		}
		return parse(payload, context);
	};
	parser.parse = smart;
	if (parser.run === parse) {
		parser.run = smart;
	}
}

/** What was found is found again: Zod writes into the payload, and into the paths of its issues. */
function payloadLike(found: ZodPayload): ZodPayload {
	const issues = found.issues.map((issue) => {
		const { path = [] } = issue as { path?: readonly PropertyKey[] };
		return { ...(issue as object), path: [...path] };
	});
	return { ...found, issues };
}

function run(
	member: ZodSchema,
	payload: ZodPayload,
	context: object,
): ZodPayload | Promise<ZodPayload> {
	return member._zod.run({ value: payload.value, issues: [] }, context);
}

async function finishLater(
	first: Promise<ZodPayload>,
	rest: readonly ZodSchema[],
	payload: ZodPayload,
	context: object,
): Promise<ZodPayload | undefined> {
	let result = await first;
	for (const member of rest) {
		if (result.issues.length === 0) {
			break;
		}
		result = await run(member, payload, context);
	}
	if (result.issues.length > 0) {
		return undefined;
	}
	payload.value = result.value;
	return payload;
}
