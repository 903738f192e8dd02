import type { Slices } from "./measure.ts";

/** A mean and how far off it may be. */
export interface Estimate {
	readonly mean: number;
	/** Standard error of the mean. */
	readonly error: number;
}

/** One server on one workload. */
export interface Measurement {
	readonly server: string;
	readonly cpuUs: Estimate;
	/** Above the base server, from the differences within each round. */
	readonly overBaseUs: Estimate;
	readonly requestsPerSecond: Estimate;
}

/** Means and standard errors; differences are taken round by round, so that what disturbs a round cancels out. */
export function summarise(slices: Slices, base: string): Measurement[] {
	const baseSlices = slices.get(base) ?? [];
	return Array.from(slices, ([server, own]) => ({
		server,
		cpuUs: estimate(own.map(({ cpuUs }) => cpuUs)),
		overBaseUs: estimate(
			own.map(({ cpuUs }, round) => cpuUs - (baseSlices[round]?.cpuUs ?? 0)),
		),
		requestsPerSecond: estimate(
			own.map(({ requestsPerSecond }) => requestsPerSecond),
		),
	}));
}

function estimate(values: readonly number[]): Estimate {
	const count = values.length;
	const mean = values.reduce((sum, value) => sum + value, 0) / count;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const error = count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count);
	return { mean, error };
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
