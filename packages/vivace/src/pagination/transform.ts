import type { OptionRules } from "../errors/options.ts";

/** Options of `paginate` where the rows are not yet the items. */
export interface TransformOptions<Row, Item> {
	/** Makes the items of a page of its rows, all at once: so it can read what belongs to them with one more query. May be asynchronous. */
	readonly transform: (
		rows: readonly Row[],
	) => readonly Item[] | Promise<readonly Item[]>;
}

/** Rules of {@link TransformOptions}. */
const transformRules: OptionRules<Partial<TransformOptions<unknown, unknown>>> =
	{
		transform: "function",
	};

/** The items that a page's rows become. */
export async function toItems(
	rows: readonly unknown[],
	options: Partial<TransformOptions<unknown, unknown>>,
): Promise<readonly unknown[]> {
	return options.transform === undefined ? rows : options.transform(rows);
}

/** Options of `paginate` about the number of items. */
export interface CountOptions {
	/**
	 * How many items the whole list has, or a function that counts them: in place of the statement that would be made of a query, and needed for a
	 * source that is a function, if the pages have a total. The function is not called where the page itself tells.
	 */
	readonly total?: number | bigint | (() => Counted | PromiseLike<Counted>);
}

/** A number of items, as drivers give it. */
export type Counted = number | bigint;

/** True for a number of items. */
export function isCount(value: unknown): value is Counted {
	return (
		(typeof value === "bigint" || Number.isSafeInteger(value)) &&
		Number(value) >= 0
	);
}

/** The options of `paginate` that every kind of page has. */
export interface AnyCallOptions
	extends Partial<TransformOptions<unknown, unknown>>,
		CountOptions {
	/** The values of the page's additional fields. */
	readonly extra?: Readonly<Record<string, unknown>>;
}

/** Rules of {@link AnyCallOptions}. */
export const callRules: OptionRules<AnyCallOptions> = {
	...transformRules,
	total: (value) =>
		typeof value === "function" || isCount(value)
			? undefined
			: "a whole number that is not negative, or a function that counts",
	extra: "record",
};
