import { SetupError } from "../../../errors/setup-error.ts";
import { isSchema } from "../../standard-schema.ts";
import { someWithin } from "../some-within.ts";

/** The members that Zod 4 and Zod mini keep on every schema (`zod/v4/core`); only those that are read here. */
export interface ZodSchema {
	readonly _zod: {
		readonly def: ZodDefinition;
		readonly version?: { readonly major: number; readonly minor: number };
		/** Set where the value may be left out. */
		readonly optin?: "optional" | "defaulted";
		/** The schema that this one is a copy of, made by `.meta()` or a further check. */
		readonly parent?: ZodSchema;
		readonly propValues?: Readonly<Record<string, ReadonlySet<unknown>>>;
		/** All values, where they are few. */
		readonly values?: ReadonlySet<unknown>;
		readonly pattern?: RegExp;
		/** The notes of third parties' checks about themselves. */
		readonly bag?: ZodBag;
		/** The schema of a lazy one. */
		readonly innerType?: ZodSchema;
		/** A description of its own, in place of Zod's. */
		readonly toJSONSchema?: () => object | undefined;
		/** Validates; `parse` does so without the checks. */
		run(payload: ZodPayload, context: object): ZodPayload | Promise<ZodPayload>;
		parse(
			payload: ZodPayload,
			context: object,
		): ZodPayload | Promise<ZodPayload>;
		readonly constr: new (definition: ZodDefinition) => ZodSchema;
	};
}

/** The payload of Zod's parsers. */
export interface ZodPayload {
	value: unknown;
	issues: unknown[];
}

export interface ZodDefinition {
	readonly type: string;
	/** Set where the schema is its own first check: a format. */
	readonly check?: string;
	readonly format?: string;
	readonly pattern?: RegExp;
	readonly protocol?: RegExp;
	readonly coerce?: boolean;
	readonly discriminator?: string;
	/** False for a union of which exactly one member must fit. */
	readonly inclusive?: boolean;
	readonly options?: readonly ZodSchema[];
	readonly left?: ZodSchema;
	readonly right?: ZodSchema;
	readonly items?: readonly ZodSchema[];
	readonly rest?: ZodSchema | null;
	readonly values?: readonly unknown[];
	readonly entries?: Readonly<Record<string, string | number>>;
	readonly shape?: Readonly<Record<string, ZodSchema>>;
	readonly catchall?: ZodSchema;
	readonly element?: ZodSchema;
	readonly innerType?: ZodSchema;
	readonly keyType?: ZodSchema;
	readonly valueType?: ZodSchema;
	/** A record whose keys need not all be there. */
	readonly partial?: boolean;
	/** `loose`: of a record only the keys that match are looked at. */
	readonly mode?: string;
	readonly in?: ZodSchema;
	readonly out?: ZodSchema;
	readonly reverseTransform?: unknown;
	/** A getter, that calls the function of a default that is made. */
	readonly defaultValue?: unknown;
	readonly catchValue?: (context: unknown) => unknown;
	readonly checks?: readonly { readonly _zod: { readonly def: ZodCheck } }[];
	readonly error?: (
		issue: unknown,
	) => string | { message?: string } | undefined;
}

export interface ZodCheck {
	readonly check?: string;
	readonly format?: string;
	readonly pattern?: RegExp;
	readonly value?: number | bigint;
	readonly inclusive?: boolean;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly length?: number;
	readonly size?: number;
	/** The media types that a file may have. */
	readonly mime?: readonly string[];
}

export interface ZodBag {
	readonly minimum?: number | bigint;
	readonly maximum?: number | bigint;
	readonly exclusiveMinimum?: number | bigint;
	readonly exclusiveMaximum?: number | bigint;
	readonly format?: string;
	readonly patterns?: ReadonlySet<RegExp>;
	/** The class of `z.instanceof`. */
	readonly Class?: unknown;
}

/** `z.preprocess(function, schema)`. */
export function isPreprocessing(def: ZodDefinition): boolean {
	return (
		def.type === "pipe" &&
		def.reverseTransform === undefined &&
		def.in?._zod.def.type === "transform" &&
		def.out !== undefined
	);
}

/** The schemas that a schema is made of, one level down. */
export function zodParts(schema: ZodSchema): readonly ZodSchema[] {
	const { def } = schema._zod;
	if (def.type === "lazy") {
		return schema._zod.innerType === undefined ? [] : [schema._zod.innerType];
	}
	const single = [
		def.innerType,
		def.element,
		def.keyType,
		def.valueType,
		def.left,
		def.right,
		def.in,
		def.out,
		def.rest,
		def.catchall,
	];
	return [
		...single.filter((part) => part != null),
		...(def.options ?? []),
		...(def.items ?? []),
		...Object.values(def.shape ?? {}),
	];
}

/** Input and output differ, one way or both. */
export function isTransforming(schema: ZodSchema): boolean {
	return someWithin(
		schema,
		zodParts,
		({ _zod: { def } }) =>
			def.type === "transform" || def.reverseTransform !== undefined,
	);
}

function notOfZod4(part: unknown): SetupError {
	return new SetupError(
		"VIV_SCHEMA",
		isSchema(part) && part["~standard"].vendor === "zod"
			? 'this is a schema of Zod 3, and Vivace reads those of Zod 4; install zod@4, and import { z } from "zod" rather than from "zod/v3".'
			: "a schema of Zod holds one that is none of Zod's, which it can't run; wrap the whole instead, as in camel(z.array(Item)).",
	);
}

interface ZodRegistry {
	has(schema: ZodSchema): boolean;
	get(schema: ZodSchema): ZodMetadata | undefined;
}

/** The words of a schema's author about it. */
export type ZodMetadata = Readonly<Record<string, unknown>>;

/**
 * The metadata of a schema by `.meta()` or `z.globalRegistry.add`; `id` is its own, all else its ancestors' too.
 *
 * @throws SetupError `VIV_SCHEMA` for a part that is another library's
 */
export function zodMetadata(schema: ZodSchema): ZodMetadata | undefined {
	if (schema?._zod === undefined) {
		throw notOfZod4(schema);
	}
	// one for all copies of Zod in a process; Zod mini has no `.meta()` to ask
	const { __zod_globalRegistry: registry } = globalThis as {
		__zod_globalRegistry?: ZodRegistry;
	};
	// most schemas say nothing: asking for what their ancestors said copies it at each step
	for (
		let said: ZodSchema | undefined = schema;
		said !== undefined && registry !== undefined;
		said = said._zod.parent
	) {
		if (registry.has(said)) {
			return registry.get(schema);
		}
	}
	return undefined;
}
