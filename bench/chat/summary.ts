import type { Slice } from "../shared/measure.ts";
import {
	type Estimate,
	estimate,
	estimateRatio,
	markdownTable,
	showEstimate,
} from "../shared/table.ts";

/** One server's slices of one workload, in the order of the rounds. */
export interface Row {
	readonly name: string;
	readonly slices: readonly Slice[];
}

/** The servers that the others are compared with, round by round. */
const bases = ["fastify", "original"];

/** A table of one workload on one engine. */
export function workloadTable(rows: readonly Row[]): string {
	const present = bases.filter((base) =>
		rows.some(({ name }) => name === base),
	);
	const to = (base: string) => rows.find(({ name }) => name === base)?.slices;
	const hasDatabase = rows.some(({ slices }) =>
		slices.some(({ databaseCpuUs }) => databaseCpuUs !== undefined),
	);
	const head = [
		"server",
		"requests/s",
		...present.map((base) => `to ${base}`),
		"p50 ms",
		"p99 ms",
		...present.map((base) => `p99 to ${base}`),
		"max ms",
		"CPU µs/request",
		...(hasDatabase ? ["database's"] : []),
	];
	return markdownTable(
		head,
		rows.map(({ name, slices }) => {
			const show = (value: (slice: Slice) => number, digits: number) =>
				showEstimate(estimate(slices.map(value)), { digits });
			const showRatios = (value: (slice: Slice) => number) =>
				present.map((base) =>
					showEstimate(ratio(slices, to(base), value), { digits: 2 }),
				);
			return [
				name,
				show(rate, 0),
				...showRatios(rate),
				show(({ latencyMs }) => latencyMs.p50, 1),
				show(p99, 1),
				...showRatios(p99),
				Math.max(...slices.map(({ latencyMs }) => latencyMs.max)).toFixed(0),
				show(({ cpuUs }) => cpuUs, 0),
				...(hasDatabase
					? [show(({ databaseCpuUs = Number.NaN }) => databaseCpuUs, 0)]
					: []),
			];
		}),
	);
}

const rate = ({ requestsPerSecond }: Slice): number => requestsPerSecond;
const p99 = ({ latencyMs }: Slice): number => latencyMs.p99;

/** Of the ratios within each round, so that what disturbs a round cancels out. */
function ratio(
	slices: readonly Slice[],
	base: readonly Slice[] = [],
	value: (slice: Slice) => number,
): Estimate {
	return estimateRatio(
		slices.map((slice, round) => {
			const other = base[round];
			return other === undefined ? Number.NaN : value(slice) / value(other);
		}),
	);
}
