/** `order_id` as `orderId`: an underscore between letters or digits makes the next letter a capital. */
export type CamelCase<Name extends string> = Name extends `_${infer Rest}`
	? `_${CamelCase<Rest>}`
	: Name extends `${infer Head}_${infer Tail}`
		? Tail extends ""
			? Name
			: Tail extends `_${string}`
				? `${Head}_${CamelCase<Tail>}`
				: `${Head}${Capitalize<CamelCase<Tail>>}`
		: Name;

/** `orderId` as `order_id`: an underscore between a small letter or a digit and a capital. */
export type SnakeCase<
	Name extends string,
	Before extends string = "",
> = Name extends `${infer First}${infer Rest}`
	? First extends Uppercase<First>
		? First extends Lowercase<First>
			? `${First}${SnakeCase<Rest, First>}` // no letter
			: `${Before extends "" | "_" | Capital ? "" : "_"}${Lowercase<First>}${SnakeCase<Rest, First>}`
		: `${First}${SnakeCase<Rest, First>}`
	: Name;

type Capital =
	| "A"
	| "B"
	| "C"
	| "D"
	| "E"
	| "F"
	| "G"
	| "H"
	| "I"
	| "J"
	| "K"
	| "L"
	| "M"
	| "N"
	| "O"
	| "P"
	| "Q"
	| "R"
	| "S"
	| "T"
	| "U"
	| "V"
	| "W"
	| "X"
	| "Y"
	| "Z";

/** The rule for names that no alias is given for. */
export type NameCase = "own" | "camel" | "snake";

/** Aliases for the fields of a value, by their own names; the first of several is the one that is written. */
export type AliasesOf<Value> = {
	readonly [Name in NamesOf<Value>]?: string | readonly [string, ...string[]];
};

type NamesOf<Value> = Value extends unknown ? keyof Value & string : never;

/** A value with the names on the wire. */
export type Renamed<
	Value,
	Case extends NameCase,
	Aliases = unknown,
> = Value extends Kept
	? Value
	: Value extends readonly unknown[]
		? { [Index in keyof Value]: Renamed<Value[Index], Case> }
		: Value extends ReadonlySet<infer Item>
			? Set<Renamed<Item, Case>>
			: Value extends ReadonlyMap<infer Key, infer Item>
				? Map<Key, Renamed<Item, Case>>
				: Value extends object
					? {
							[Name in keyof Value as Name extends string
								? WireName<Name, Case, Aliases>
								: Name]: Renamed<Value[Name], Case>;
						}
					: Value;

type WireName<
	Name extends string,
	Case extends NameCase,
	Aliases,
> = Name extends keyof Aliases
	? Aliases[Name] extends readonly [infer First extends string, ...unknown[]]
		? First
		: Aliases[Name] extends string
			? Aliases[Name]
			: Cased<Name, Case>
	: Cased<Name, Case>;

type Cased<Name extends string, Case extends NameCase> = Case extends "camel"
	? CamelCase<Name>
	: Case extends "snake"
		? SnakeCase<Name>
		: Name;

/** Values that have no fields to rename. */
type Kept = Date | Uint8Array | ((...values: never) => unknown);
