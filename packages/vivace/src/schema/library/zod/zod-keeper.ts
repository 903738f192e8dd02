import { keptForms } from "../../shape/format-conversions.ts";
import {
	isMembers,
	type KeptField,
	type KeptPart,
	keepList,
	keepObject,
	keepRecord,
	keepTagged,
	keepTuple,
	keepUnion,
	kept,
	mayFit,
	type PlainKeeper,
	type ScalarTest,
	scalarTests,
} from "../plain-keepers.ts";
import { someWithin } from "../some-within.ts";
import { checksOf } from "./zod-checks.ts";
import { type ZodCheck, type ZodSchema, zodParts } from "./zod-internals.ts";
import {
	absenceOf,
	compilePasses,
	compileSize,
	isCopiedSooner,
	isFieldName,
	type Passes,
} from "./zod-plain.ts";

/**
 * The keeper of a schema that is made of scalars whose checks are known, and of lists, tuples, objects, records and unions of such; `undefined`
 * for any other. 5 MB of a list of objects take a sixth of Zod's time: nothing is made that somebody would have to collect.
 */
export function compilePlainKeeper(schema: ZodSchema): PlainKeeper | undefined {
	const part = new KeeperCompiler().compile(schema);
	const isNeverNull = part?.mayBeNull === false;
	return isNeverNull ? part.keep : part && ((value) => kept(part, value));
}

class KeeperCompiler {
	readonly #known = new Map<ZodSchema, KeptPart>();

	compile(schema: ZodSchema): KeptPart | undefined {
		const { core, mayBeNull } = absenceOf(schema);
		const part = compileScalar(core) ?? this.#compileParts(core);
		return part !== undefined && mayBeNull ? { ...part, mayBeNull } : part;
	}

	#compileParts(schema: ZodSchema): KeptPart | undefined {
		const known = this.#known.get(schema);
		if (known !== undefined) {
			return known;
		}
		// a schema that contains itself finds this forward to what is being made; where a part can't be made the whole is not
		let made: KeptPart | undefined;
		this.#known.set(
			schema,
			parts(
				(value) => made?.keep(value),
				(value) => made?.mayFit(value) !== false,
			),
		);
		made = this.#make(schema);
		if (made !== undefined) {
			this.#known.set(schema, made);
		}
		return made;
	}

	#make(schema: ZodSchema): KeptPart | undefined {
		const { def } = schema._zod;
		const checks = checksOf(def);
		if (def.type === "array") {
			const size = compileSize(checks);
			const item = def.element && this.compile(def.element);
			if (size === undefined || item === undefined || !def.element) {
				return undefined;
			}
			const copies = isCopiedSooner(def.element) || hasSlowParts(def.element);
			const hasSize = checks.length > 0 ? size : undefined;
			return parts(keepList(item, hasSize, copies), Array.isArray);
		}
		if (checks.length > 0) {
			return undefined;
		}
		switch (def.type) {
			case "object":
				return this.#object(schema);
			case "record":
				return this.#record(def);
			case "tuple":
				return this.#tuple(def);
			case "union":
				return this.#union(def);
		}
		return undefined;
	}

	#tuple({ items = [], rest }: Definition): KeptPart | undefined {
		const each = this.#all(items);
		const isFixed =
			rest == null && items.every(({ _zod: { optin } }) => optin === undefined);
		return each && isFixed ? parts(keepTuple(each), Array.isArray) : undefined;
	}

	#record({ keyType, valueType, mode }: Definition): KeptPart | undefined {
		const name =
			keyType?._zod.def.type === "string" ? compilePasses(keyType) : undefined;
		const part = valueType && this.compile(valueType);
		return name !== undefined && part !== undefined && mode === undefined
			? parts(keepRecord(name, part), isMembers)
			: undefined;
	}

	#object(schema: ZodSchema): KeptPart | undefined {
		const { shape = {}, catchall } = schema._zod.def;
		const names = Reflect.ownKeys(shape).filter(isFieldName);
		const schemas = names.map((name) => shape[name] as ZodSchema); // they are its names
		const each = this.#all(schemas);
		if (each === undefined || names.length < Reflect.ownKeys(shape).length) {
			return undefined;
		}
		const fields = names.map((name, index): KeptField => {
			const { core, mayBeAbsent } = absenceOf(schemas[index] as ZodSchema);
			const part = each[index] as KeptPart;
			const takesNull = !isAny(core) && kept(part, null) === null;
			const isFilled = mayBeAbsent && takesNull;
			return { ...part, name, mayBeAbsent, isFilled };
		});
		const required = names.filter((_, index) => {
			const field = schemas[index] as ZodSchema;
			return field._zod.optin === undefined && !isAny(field);
		});
		return parts(
			keepObject(fields, catchall === undefined),
			mayBeObject(required, fixedTexts(schema)),
		);
	}

	#union({ options = [], ...def }: Definition): KeptPart | undefined {
		const each = this.#all(options);
		const isOfOne = def.inclusive === false && def.discriminator === undefined;
		if (each === undefined || isOfOne || options.some(isAny)) {
			return undefined;
		}
		const isScalar = each.every((part) => part.isScalar);
		const some = (value: unknown) => each.some((part) => mayFit(part, value));
		const tag = tagOf(options, each);
		const keep =
			tag === undefined ? keepUnion(each) : keepTagged(tag.name, tag.parts);
		return { ...parts(keep, some), isScalar };
	}

	#all(schemas: readonly ZodSchema[]): readonly KeptPart[] | undefined {
		const parts = schemas.map((schema) => this.compile(schema));
		return parts.every((part) => part !== undefined) ? parts : undefined;
	}
}

/** Optional fields may have to be null, by a walk through all of a value before Zod sees it; unions and records take Zod longest. */
function hasSlowParts(item: ZodSchema): boolean {
	return someWithin(item, zodParts, ({ _zod: { def } }) =>
		["optional", "record", "union"].includes(def.type),
	);
}

type Definition = ZodSchema["_zod"]["def"];

/** The part for what has parts of its own. */
function parts(keep: PlainKeeper, mayFit: Passes): KeptPart {
	return {
		...{ keep, mayFit, isScalar: false },
		...{ test: scalarTests.none, mayBeNull: false },
	};
}

function compileScalar(schema: ZodSchema): KeptPart | undefined {
	const { def, values } = schema._zod;
	const checks = checksOf(def);
	const isBare = checks.length === 0;
	if (isAny(schema)) {
		return isBare
			? { ...parts(asItIs, () => true), isScalar: true }
			: undefined;
	}
	const passes =
		compilePasses(schema) ??
		compileFormat(def, checks) ??
		(def.type === "null" && isBare ? isNull : undefined);
	return (
		passes && {
			...parts(
				(value) => (passes(value) ? value : undefined),
				hasTextsOnly(values) ? passes : isNoParts,
			),
			test: testOf(def.type, checks),
			isScalar: true,
		}
	);
}

/** A text of a format by its pattern alone. */
function compileFormat(
	{ type, coerce }: Definition,
	[check, ...others]: readonly ZodCheck[],
): Passes | undefined {
	const { pattern, format = "" } = check ?? {};
	const form = keptForms.get(format);
	const isFormat = type === "string" && check?.check === "string_format";
	if (!isFormat || others.length > 0 || coerce === true || "fn" in check) {
		return undefined;
	}
	if (pattern === undefined || form === undefined) {
		return undefined;
	}
	return (value) => {
		pattern.lastIndex = 0; // as Zod does: a program's own may be global
		return typeof value === "string" && form.test(value) && pattern.test(value);
	};
}

const asItIs: PlainKeeper = (value) => value;
const isNull: Passes = (value) => value === null;

function isAny({ _zod: { def } }: ZodSchema): boolean {
	return def.type === "any" || def.type === "unknown";
}

/** No list and no object becomes a scalar; a text may become a number. */
const isNoParts: Passes = (value) =>
	typeof value !== "object" || value === null;

/** True where nothing but these texts will do: nothing is converted to one of them. */
function hasTextsOnly(values: ReadonlySet<unknown> | undefined): boolean {
	return (
		values !== undefined &&
		[...values].every((value) => typeof value === "string")
	);
}

function testOf(type: string, checks: readonly ZodCheck[]): ScalarTest {
	const [check, ...others] = checks;
	if (check === undefined) {
		const { text, number, boolean, none } = scalarTests;
		return type === "string" ? text : ({ number, boolean }[type] ?? none);
	}
	const { integer, none } = scalarTests;
	return others.length === 0 && check.format === "safeint" ? integer : none;
}

/** False for an object without a name that must be there, or with another text than its own. */
function mayBeObject(required: readonly string[], texts: FixedTexts): Passes {
	return (value) =>
		isMembers(value) &&
		texts.every(([name, values]) => values.has(value[name])) &&
		required.every((name) => name in value);
}

/** The names whose values are among a few texts, and these. */
type FixedTexts = readonly (readonly [
	name: string,
	values: ReadonlySet<unknown>,
])[];

/** Those of an object's names that must be there. */
function fixedTexts(schema: ZodSchema): FixedTexts {
	const { shape = {} } = schema._zod.def;
	return Object.entries(shape).flatMap(([name, field]) => {
		const { optin, values } = field._zod;
		const isBare = optin === undefined && absenceOf(field).core === field;
		return isBare && values !== undefined && hasTextsOnly(values)
			? [[name, values] as const]
			: [];
	});
}

/** The name by whose text each of several objects is told from all others, with the parts by that text. */
function tagOf(
	options: readonly ZodSchema[],
	parts: readonly KeptPart[],
):
	| { readonly name: string; readonly parts: Map<unknown, KeptPart> }
	| undefined {
	const [first, ...others] = options.map(fixedTexts);
	for (const [name, own] of first ?? []) {
		const sets = [
			own,
			...others.map((texts) => texts.find(([other]) => other === name)?.[1]),
		];
		const byText = new Map(
			sets.flatMap((values, index) =>
				Array.from(values ?? [], (value) => [value, parts[index] as KeptPart]),
			),
		);
		const count = sets.reduce((sum, values) => sum + (values?.size ?? 0), 0);
		if (!sets.includes(undefined) && byText.size === count) {
			return { name, parts: byText };
		}
	}
	return undefined;
}
