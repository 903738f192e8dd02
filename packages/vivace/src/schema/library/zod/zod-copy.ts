import type { Conversion } from "../../shape/scalar-conversions.ts";
import type { Shape } from "../../shape/shape.ts";
import { fillBackwards, fillsAbsent } from "./zod-backwards-default.ts";
import {
	isPreprocessing,
	type ZodDefinition,
	type ZodSchema,
	zodParts,
} from "./zod-internals.ts";
import { intersectLinearly } from "./zod-intersect.ts";
import { convertFirst } from "./zod-preprocess.ts";
import { preferMostSet } from "./zod-smart-union.ts";

/**
 * A copy of a schema whose unions take, of the members that a value fits, the one with most of its fields, as Pydantic's smart mode does
 * (Zod takes the first), and whose unions and intersections look at each part of a value once. The schema itself stays as it is.
 */
export function linearCopy(
	schema: ZodSchema,
	wishes: CopyWishes = {},
): ZodSchema {
	return new Copier(wishes).copy(schema);
}

/** Further abilities of a copy. */
interface CopyWishes {
	/** Converts what the function of `z.preprocess` has given. */
	readonly convertsTo?: ((shape: Shape) => Conversion) | undefined;
	/** Numbers may be NaN or infinite, within their bounds. */
	readonly takesNonFinite?: boolean;
}

export function isIntersection(schema: ZodSchema): boolean {
	return schema._zod.def.type === "intersection";
}

class Copier {
	readonly #copies = new Map<ZodSchema, ZodSchema>();
	readonly #wishes: CopyWishes;

	constructor(wishes: CopyWishes) {
		this.#wishes = wishes;
	}

	copy(schema: ZodSchema): ZodSchema {
		const known = this.#copies.get(schema);
		if (known !== undefined) {
			return known;
		}
		const { type } = schema._zod.def;
		const isTolerant =
			type === "number" && this.#wishes.takesNonFinite === true;
		if (!isTolerant && type !== "lazy" && zodParts(schema).length === 0) {
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
		if (fillsAbsent(copy)) {
			fillBackwards(copy);
		}
		if (isIntersection(copy)) {
			intersectLinearly(copy);
		}
		if (def.type === "number" && this.#wishes.takesNonFinite) {
			takeNonFinite(copy);
		}
		return copy;
	}

	/** Copies the schema behind a preprocessing function by itself, since it may stand elsewhere too. */
	#behindFunction(schema: ZodSchema): ZodSchema {
		const copy = this.#anew(schema);
		const { convertsTo } = this.#wishes;
		if (convertsTo !== undefined) {
			convertFirst(copy, schema, convertsTo);
		}
		return copy;
	}

	/** The parts are copied when they are asked for: Zod asks late where a schema may contain itself. */
	#copyDefinition(def: ZodDefinition): ZodDefinition {
		// a getter (a default that is made) must stay one
		const properties = Object.getOwnPropertyDescriptors(def);
		// the schema that a lazy one has found is the original
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

/** Its checks stay: NaN is within no bound, an infinity is in those that it is in, as in Pydantic. */
function takeNonFinite(number: ZodSchema): void {
	const parser: {
		parse: ZodSchema["_zod"]["parse"];
		run: ZodSchema["_zod"]["run"];
	} = number._zod;
	const { parse, run } = parser;
	parser.parse = (payload, context) =>
		typeof payload.value === "number" && !Number.isFinite(payload.value)
			? payload
			: parse(payload, context);
	if (run === parse) {
		parser.run = parser.parse;
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
