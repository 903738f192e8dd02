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

/** The options of `paginate` that every kind of page has. */
export interface AnyCallOptions
	extends Partial<TransformOptions<unknown, unknown>> {
	/** The values of the page's additional fields. */
	readonly extra?: Readonly<Record<string, unknown>>;
}

/** Rules of {@link AnyCallOptions}. */
export const callRules: OptionRules<AnyCallOptions> = {
	...transformRules,
	extra: "record",
};
