/** Makes a value of each kind: no argument and few options take all of them. */
export const kinds: Readonly<Record<string, () => unknown>> = {
	nothing: () => undefined,
	null: () => null,
	number: () => 5,
	nan: () => Number.NaN,
	text: () => "x",
	boolean: () => true,
	record: () => ({}),
	list: () => [],
	numbers: () => [5],
	function: () => () => null,
	date: () => new Date(0),
	map: () => new Map(),
	promise: () => Promise.resolve(1),
	symbol: () => Symbol("s"),
	bigint: () => 1n,
};
