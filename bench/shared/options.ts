import { cpus } from "node:os";
import type { MeasureOptions } from "./measure.ts";

interface Defaults {
	readonly sliceMs: number;
	readonly rounds: number;
	readonly warmUpS: number;
}

/** The options of a command that measures servers, for `parseArgs`. */
export function measureFlags({ sliceMs, rounds, warmUpS }: Defaults) {
	return {
		connections: { type: "string", default: "64" },
		"slice-ms": { type: "string", default: String(sliceMs) },
		rounds: { type: "string", default: String(rounds) },
		"warm-up-s": { type: "string", default: String(warmUpS) },
		"check-only": { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	} as const;
}

interface Values {
	readonly connections: string;
	readonly "slice-ms": string;
	readonly rounds: string;
	readonly "warm-up-s": string;
}

/** Lines that explain these options. */
export function measureHelp(values: Values): string {
	const explained = [
		[`--connections ${values.connections}`, "kept alive"],
		[
			`--slice-ms ${values["slice-ms"]}`,
			"how long one server is measured at a time",
		],
		[`--rounds ${values.rounds}`, "slices of each server for each workload"],
		[
			`--warm-up-s ${values["warm-up-s"]}`,
			"of each server for each workload, before the first slice",
		],
		["--check-only", "compare the answers and measure nothing"],
	];
	return explained
		.map(([option = "", text]) => `  ${option.padEnd(18)}  ${text}`)
		.join("\n");
}

export function measureOptions(values: Values): MeasureOptions {
	return {
		connections: Number(values.connections),
		sliceMs: Number(values["slice-ms"]),
		rounds: Number(values.rounds),
		warmUpMs: Number(values["warm-up-s"]) * 1000,
	};
}

/** On what, and how it was measured. */
export function measuredOn(values: Values): string {
	const cores = cpus();
	return `Node ${process.version}, ${cores[0]?.model.trim()}, ${cores.length} cores; ${values.connections} connections, ${values.rounds} slices of ${values["slice-ms"]} ms, after ${values["warm-up-s"]} s.`;
}
