import type { Slices } from "../shared/measure.ts";
import { type Estimate, estimate } from "../shared/table.ts";

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
