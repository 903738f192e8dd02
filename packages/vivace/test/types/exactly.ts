type Equal<Left, Right> =
	(<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2
		? true
		: false;

/** Accepts only a value of exactly the type `Expected`. */
export function exactly<Expected>(): <Actual>(
	value: Actual,
	...same: Equal<Actual, Expected> extends true ? [] : [never]
) => void {
	return () => {};
}
