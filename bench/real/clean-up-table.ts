import type { Slices } from "../shared/measure.ts";
import { estimate, markdownTable, showEstimate } from "../shared/table.ts";

/** One dependency more, as the difference between two workloads of one cycle. */
interface Added {
	readonly title: string;
	readonly with: string;
	readonly without: string;
	/** By how many the first has more. */
	readonly count: number;
	/** The most that it may take of Vivace, in microseconds. */
	readonly aimUs: number;
}

const all: readonly Added[] = [
	{
		title: "the first synchronous generator",
		with: "sync-1",
		without: "plain",
		count: 1,
		aimUs: 1,
	},
	{
		title: "each further one",
		with: "sync-3",
		without: "sync-1",
		count: 2,
		aimUs: 0.4,
	},
	{
		title: "the first asynchronous generator",
		with: "async-1",
		without: "plain",
		count: 1,
		aimUs: 2.5,
	},
	{
		title: "each further one",
		with: "async-3",
		without: "async-1",
		count: 2,
		aimUs: 0.8,
	},
];

/** The time that a dependency which cleans up adds to a request, slice by slice; empty where that was not measured. */
export function cleanUpTable(
	measured: ReadonlyMap<string, Slices>,
	columns: readonly string[],
): string {
	const rows = all
		.filter((added) => measured.has(added.with) && measured.has(added.without))
		.map((added) => [
			added.title,
			...columns.map((column) =>
				showEstimate(estimate(addedUs(added, measured, column)), {
					digits: 2,
					isSigned: true,
				}),
			),
			String(added.aimUs),
		]);
	return rows.length === 0
		? ""
		: `
CPU microseconds that a dependency which cleans up adds to a request, over one that returns:

${markdownTable(["", ...columns, "aim"], rows)}`;
}

function addedUs(
	added: Added,
	measured: ReadonlyMap<string, Slices>,
	column: string,
): number[] {
	const without = measured.get(added.without)?.get(column) ?? [];
	const slices = measured.get(added.with)?.get(column) ?? [];
	return slices.map(
		({ cpuUs }, round) =>
			(cpuUs - (without[round]?.cpuUs ?? Number.NaN)) / added.count,
	);
}
