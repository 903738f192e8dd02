import { isPlainObject } from "../../shape/plain-object.ts";
import { fewItems } from "../plain-keepers.ts";
import { someWithin } from "../some-within.ts";
import { checksOf } from "./zod-checks.ts";
import { type ZodCheck, type ZodSchema, zodParts } from "./zod-internals.ts";

/** The value that the schema gives for a value, in lists and objects of its own; `undefined` says nothing: ask the schema. */
export type PlainCopy = (value: unknown) => unknown;

/** True for a value that the schema gives as it is; false says nothing: ask the schema. */
export type Passes = (value: unknown) => boolean;

/**
 * A test of a value in a few comparisons instead of Zod's 150 to 300 ns: for scalars whose checks are all of the kinds that are
 * known here. `undefined` for any other schema.
 */
export function compilePasses(schema: ZodSchema): Passes | undefined {
	const { def, values } = schema._zod;
	const checks = checksOf(def);
	if (def.coerce === true) {
		return undefined;
	}
	switch (def.type) {
		case "string":
			return compileText(checks);
		case "number":
			return compileNumber(checks);
	}
	if (checks.length > 0) {
		return undefined;
	}
	switch (def.type) {
		case "boolean":
			return (value) => typeof value === "boolean";
		case "enum":
		case "literal":
			return values && ((value) => values.has(value));
		case "optional":
		case "nullable":
		case "nonoptional":
		case "default":
		case "prefault":
		case "readonly":
			return def.innerType && present(compilePasses(def.innerType));
	}
	return undefined;
}

/**
 * The same for lists and objects of such scalars, and of such lists and objects, in a third of Zod's time. `undefined` for any other schema, and for one
 * that contains itself.
 */
export function compilePlainCopy(schema: ZodSchema): PlainCopy | undefined {
	const member = compileMember("", schema, []);
	return member && ((value) => copyMember(member, value));
}

/** One member of a list or an object. */
interface Member {
	readonly name: string;
	readonly mayBeAbsent: boolean;
	readonly mayBeNull: boolean;
	/** Of a scalar. */
	readonly passes: Passes | undefined;
	/** Of a list or an object. */
	readonly copy: PlainCopy;
}

function copyMember(
	{ mayBeNull, passes, copy }: Member,
	value: unknown,
): unknown {
	if (passes?.(value) === true) {
		return value;
	}
	return value === null && mayBeNull ? null : copy(value);
}

function compileMember(
	name: string,
	schema: ZodSchema,
	around: readonly ZodSchema[],
): Member | undefined {
	const { core, mayBeAbsent, mayBeNull } = absenceOf(schema);
	const passes = compilePasses(core);
	const copy = passes === undefined ? compileParts(core, around) : askSchema;
	return copy && { name, mayBeAbsent, mayBeNull, passes, copy };
}

/** The schema behind those that let a value be absent or null. */
export function absenceOf(schema: ZodSchema): {
	readonly core: ZodSchema;
	readonly mayBeAbsent: boolean;
	readonly mayBeNull: boolean;
} {
	let mayBeAbsent = false;
	let mayBeNull = false;
	let isFilled = false;
	let core = schema;
	for (;;) {
		const { type, innerType, checks = [] } = core._zod.def;
		if (innerType === undefined || checks.length > 0) {
			break;
		}
		if (type === "nullable") {
			mayBeNull = true;
		} else if (type === "optional") {
			mayBeAbsent ||= !isFilled && innerType._zod.optin === undefined;
		} else if (fills.has(type)) {
			isFilled = true;
		} else {
			break;
		}
		core = innerType;
	}
	return { core, mayBeAbsent, mayBeNull };
}

/** Of what is absent these make something: it is the schema that is asked. */
const fills: ReadonlySet<string> = new Set([
	"default",
	"prefault",
	"nonoptional",
]);

const askSchema: PlainCopy = () => undefined;

function compileParts(
	schema: ZodSchema,
	around: readonly ZodSchema[],
): PlainCopy | undefined {
	const { def } = schema._zod;
	if (around.includes(schema) || checksOf(def).length > 0) {
		return undefined;
	}
	const path = [...around, schema];
	if (def.type === "array" && def.element !== undefined) {
		const item = compileMember("", def.element, path);
		const isScalar = item?.passes !== undefined;
		return item && copyList(item, isScalar || isCopiedSooner(def.element));
	}
	if (def.type !== "object" || def.catchall !== undefined) {
		return undefined;
	}
	const members: Member[] = [];
	for (const name of Reflect.ownKeys(def.shape ?? {})) {
		const field = isFieldName(name) ? def.shape?.[name] : undefined;
		const member = field && compileMember(String(name), field, path);
		if (member === undefined) {
			return undefined;
		}
		members.push(member);
	}
	return copyObject(members);
}

/** Of the names that all objects inherit none is ever absent. */
export function isFieldName(name: string | symbol): name is string {
	return typeof name === "string" && !(name in Object.prototype);
}

/**
 * True for items that are copied here in less time than by Zod. On V8 the code that Zod makes for a schema takes 8 ns a member and 45 a check, ours,
 * which is one for all schemas, 18 a member; on Bun it is always ahead.
 */
export function isCopiedSooner(item: ZodSchema): boolean {
	let memberCount = 0;
	let checkCount = 0;
	someWithin(item, zodParts, ({ _zod: { def } }) => {
		memberCount++;
		checkCount += checksOf(def).filter(isCostly).length;
		return false;
	});
	return "Bun" in globalThis || checkCount * 4 > memberCount;
}

/** Whether a number is an integer is a part of Zod's own code. */
function isCostly({ check }: ZodCheck): boolean {
	return check !== "number_format";
}

function copyList(item: Member, isSooner: boolean): PlainCopy {
	const mostItems = isSooner ? Number.POSITIVE_INFINITY : fewItems;
	return (value) => {
		if (!Array.isArray(value) || value.length > mostItems) {
			return undefined;
		}
		const list: unknown[] = [];
		for (let index = 0; index < value.length; index++) {
			const copied = copyMember(item, value[index]);
			if (copied === undefined) {
				return undefined;
			}
			list.push(copied);
		}
		return list;
	};
}

function copyObject(members: readonly Member[]): PlainCopy {
	return (value) => {
		if (!isPlainObject(value)) {
			return undefined;
		}
		const object: Record<string, unknown> = {};
		for (let index = 0; index < members.length; index++) {
			const member = members[index] as Member;
			const { name } = member;
			const given = value[name];
			if (given === undefined && member.mayBeAbsent && !(name in value)) {
				continue;
			}
			const copied = copyMember(member, given);
			if (copied === undefined) {
				return undefined;
			}
			object[name] = copied;
		}
		return object;
	};
}

/** Of what may be absent or null the schema is asked. */
function present(passes: Passes | undefined): Passes | undefined {
	return passes && ((value) => value != null && passes(value));
}

function compileText(checks: readonly ZodCheck[]): Passes | undefined {
	const size = sizeOf(checks);
	if (size === undefined) {
		return undefined;
	}
	// Zod counts code points, of which each has one or two units: what is in doubt it is asked
	const leastUnits = 2 * size.least - 1;
	const { most } = size;
	return (value) =>
		typeof value === "string" &&
		value.length >= leastUnits &&
		value.length <= most;
}

/** A test of a list's size; `undefined` where there are other checks. */
export function compileSize(
	checks: readonly ZodCheck[],
): ((list: readonly unknown[]) => boolean) | undefined {
	const size = sizeOf(checks);
	return size && (({ length }) => length >= size.least && length <= size.most);
}

function sizeOf(
	checks: readonly ZodCheck[],
): { readonly least: number; readonly most: number } | undefined {
	let least = 0;
	let most = Number.POSITIVE_INFINITY;
	for (const { check, minimum, maximum, length } of checks) {
		if (check === "min_length") {
			least = Math.max(least, minimum as number);
		} else if (check === "max_length") {
			most = Math.min(most, maximum as number);
		} else if (check === "length_equals") {
			least = Math.max(least, length as number);
			most = Math.min(most, length as number);
		} else {
			return undefined;
		}
	}
	return { least, most };
}

function compileNumber(checks: readonly ZodCheck[]): Passes | undefined {
	let isInteger = false;
	let least = Number.NEGATIVE_INFINITY;
	let most = Number.POSITIVE_INFINITY;
	let above = Number.NEGATIVE_INFINITY;
	let below = Number.POSITIVE_INFINITY;
	for (const { check, format, value, inclusive } of checks) {
		if (check === "number_format" && format === "safeint") {
			isInteger = true;
		} else if (check === "greater_than" && typeof value === "number") {
			least = inclusive ? Math.max(least, value) : least;
			above = inclusive ? above : Math.max(above, value);
		} else if (check === "less_than" && typeof value === "number") {
			most = inclusive ? Math.min(most, value) : most;
			below = inclusive ? below : Math.min(below, value);
		} else {
			return undefined;
		}
	}
	return (value) =>
		typeof value === "number" &&
		(isInteger ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
		value >= least &&
		value <= most &&
		value > above &&
		value < below;
}
