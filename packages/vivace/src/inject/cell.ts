/** Stands in a {@link Cell} that holds nothing; `undefined` is a value: that of an optional resource that is away. */
export const empty: unique symbol = Symbol("empty");

/** Where the value of an app-scoped dependency is found: bound when a plan is compiled, filled and emptied by the lifespan. */
export interface Cell {
	readonly value: unknown;
	/** Why it is {@link empty}. */
	readonly whyEmpty: () => Error;
}
