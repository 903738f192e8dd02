/** The part of a Valibot schema or action that is read; its own types are not imported, so that Vivace does not depend on it. */
export interface ValibotSchema {
	readonly kind: "schema" | "validation" | "transformation" | "metadata";
	readonly type: string;
	readonly pipe?: readonly ValibotSchema[];
	readonly wrapped?: ValibotSchema;
	readonly default?: unknown;
	readonly literal?: unknown;
	readonly options?: readonly unknown[];
	readonly enum?: Readonly<Record<string, unknown>>;
	readonly entries?: Readonly<Record<string, ValibotSchema>>;
	readonly items?: readonly ValibotSchema[];
	readonly item?: ValibotSchema;
	readonly rest?: ValibotSchema;
	readonly key?: ValibotSchema;
	readonly value?: ValibotSchema;
	readonly getter?: (input: unknown) => ValibotSchema;
	readonly requirement?: unknown;
	/** Of `v.instance`. */
	readonly class?: unknown;
	readonly title?: string;
	readonly description?: string;
	readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A value on its way through Valibot's schemas. */
export interface Dataset {
	value: unknown;
	issues?: unknown;
	typed?: boolean;
}

/** Marks an issue with the member of a union that found it. */
export const ofMember: unique symbol = Symbol("ofMember");

export type Run = (
	dataset: Dataset,
	config: Config,
) => Dataset | Promise<Dataset>;

export interface Config {
	readonly abortEarly?: boolean;
	readonly abortPipeEarly?: boolean;
}

/** A schema or an action that can be run, which Valibot's types leave out. */
export type Runnable = ValibotSchema & {
	"~run": Run;
	readonly async?: boolean;
};

/**
 * The place in a pipe of the schema behind a preprocessing function: `v.pipe(v.unknown(), v.transform(strip), v.number())`, where the function
 * sees whatever was received. `undefined` for any other pipe.
 */
export function placeBehindFunction(
	pipe: readonly ValibotSchema[] | undefined,
): number | undefined {
	const [first, ...rest] = pipe ?? [];
	const isAnything = first?.type === "unknown" || first?.type === "any";
	if (!isAnything || first.pipe !== undefined) {
		return undefined;
	}
	const place = rest.findIndex(({ kind }) => kind === "schema");
	return rest.slice(0, Math.max(place, 0)).some(isFunction)
		? place + 1
		: undefined;
}

function isFunction({ kind }: ValibotSchema): boolean {
	return kind === "transformation";
}

/** The schemas that one is made of. */
export function valibotParts(schema: ValibotSchema): readonly ValibotSchema[] {
	const { wrapped, item, rest, key, value, pipe, options, items, entries } =
		schema;
	const found: unknown[] = [
		wrapped,
		item,
		rest,
		key,
		value,
		...(pipe ?? []),
		...(options ?? []),
		...(items ?? []),
		...Object.values(entries ?? {}),
	];
	if (schema.getter !== undefined) {
		// one that depends on the value is asked without it, as when the schema is read
		found.push(schema.getter(undefined));
	}
	return found.filter(
		(part): part is ValibotSchema =>
			(part as Partial<ValibotSchema> | undefined)?.kind === "schema",
	);
}

/** The schemas that take a list for an object, as it has members by name too. */
export function takesLists({ type }: ValibotSchema): boolean {
	return objectTypes.has(type);
}

const objectTypes: ReadonlySet<string> = new Set([
	"object",
	"loose_object",
	"strict_object",
	"object_with_rest",
	"record",
	"variant",
]);
