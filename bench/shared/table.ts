/** A mean and how far off it may be. */
export interface Estimate {
	readonly mean: number;
	/** Standard error of the mean. */
	readonly error: number;
}

/** The mean of some values and its standard error. */
export function estimate(values: readonly number[]): Estimate {
	const count = values.length;
	const mean = values.reduce((sum, value) => sum + value, 0) / count;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const error = count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count);
	return { mean, error };
}

/** The geometric mean of some ratios: half as fast in one round and twice as fast in the next is equal. */
export function estimateRatio(ratios: readonly number[]): Estimate {
	const { mean, error } = estimate(ratios.map(Math.log));
	return { mean: Math.exp(mean), error: Math.exp(mean) * error };
}

/** A Markdown table; the first column to the left, the others to the right. */
export function markdownTable(
	head: readonly string[],
	rows: readonly (readonly string[])[],
): string {
	const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
	return [head, rule, ...rows]
		.map((cells) => `| ${cells.join(" | ")} |`)
		.join("\n");
}

export function showEstimate(
	{ mean, error }: Estimate,
	{ digits = 1, isSigned = false } = {},
): string {
	const sign = isSigned && mean > 0 ? "+" : "";
	return `${sign}${mean.toFixed(digits)} ± ${error.toFixed(digits)}`;
}
