/**
 * How a page tells the number of items: `"exact"` counts them, `"none"` does not, `{ cappedAt }` counts no further than that, so
 * that the number `cappedAt` stands for as many or more.
 */
export type TotalOption = "exact" | "none" | { readonly cappedAt: number };

/** The type of `total`, by the option. */
export type TotalOf<Option extends TotalOption> = Option extends "none"
	? null
	: number;
