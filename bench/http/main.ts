/**
 * Compares Vivace with a hand-written `node:http` server and with other frameworks. `npm run bench:http -- --help` lists the options.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareAnswers } from "./check-answers.ts";
import { LoadProcess } from "./load-process.ts";
import { type MeasureOptions, measure } from "./measure.ts";
import { ServerProcess } from "./server-process.ts";
import {
	type Measurement,
	markdownTable,
	showEstimate,
	summarise,
} from "./table.ts";
import { workloads } from "./workloads.ts";

const folder = import.meta.dirname;
const root = join(folder, "../..");
// the first is what the others are compared with
const allServers = [
	"node",
	"vivace",
	"fastify",
	"h3",
	"hono",
	"nest",
	"express",
];
const firstPort = 18_300;
const startTries = 7;

const { values } = parseArgs({
	options: {
		servers: { type: "string", default: allServers.join(",") },
		workloads: {
			type: "string",
			default: workloads.map(({ name }) => name).join(","),
		},
		connections: { type: "string", default: "64" },
		"slice-ms": { type: "string", default: "250" },
		rounds: { type: "string", default: "42" },
		"warm-up-s": { type: "string", default: "10" },
		"check-only": { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}
  --workloads ${values.workloads}
  --connections ${values.connections}
  --slice-ms ${values["slice-ms"]}     how long one server is measured at a time
  --rounds ${values.rounds}        slices of each server for each workload
  --warm-up-s ${values["warm-up-s"]}     of each server for each workload, before the first slice
  --check-only        compare the answers and measure nothing`);
} else {
	prepare();
	await compareAndMeasure();
}

/** Builds the package as it is published, installs the peers and compiles the servers. */
function prepare(): void {
	const run = (script: string, ...options: string[]) =>
		execFileSync(process.execPath, [join(root, script), ...options], {
			cwd: root,
			stdio: "inherit",
		});
	run("scripts/build.ts");
	run("scripts/install.mjs", folder);
	const link = join(folder, "node_modules/vivace");
	rmSync(link, { force: true, recursive: true });
	symlinkSync(join(root, "packages/vivace/dist"), link, "junction");
	if (existsSync(join(folder, "dist"))) {
		rmSync(join(folder, "dist"), { recursive: true });
	}
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
}

async function compareAndMeasure(): Promise<void> {
	const names = values.servers.split(",");
	await using servers = new AsyncDisposableStack();
	await using load = new LoadProcess();
	const started: ServerProcess[] = [];
	for (const [index, name] of names.entries()) {
		started.push(
			servers.use(await ServerProcess.start(name, firstPort + index)),
		);
	}

	const differences = await compareAnswers(started);
	if (differences.length > 0) {
		console.error(`The answers differ:\n  ${differences.join("\n  ")}`);
		process.exitCode = 1;
		return;
	}
	console.log(`The answers of ${names.join(", ")} are equal.\n`);
	if (values["check-only"]) return;

	const measured = await measureWorkloads(load, started);
	const sizes = await measureStarts(names);
	report(names, measured, sizes);
}

async function measureWorkloads(
	load: LoadProcess,
	servers: readonly ServerProcess[],
): Promise<Map<string, Measurement[]>> {
	const options: MeasureOptions = {
		connections: Number(values.connections),
		sliceMs: Number(values["slice-ms"]),
		rounds: Number(values.rounds),
	};
	const warmUpMs = Number(values["warm-up-s"]) * 1000;
	const chosen = values.workloads.split(",");
	const measured = new Map<string, Measurement[]>();
	for (const workload of workloads) {
		if (!chosen.includes(workload.name)) continue;
		console.error(`${workload.name} ${workload.title} …`);
		if (warmUpMs > 0) {
			const warmUp = { ...options, sliceMs: warmUpMs, rounds: 1 };
			await measure(load, servers, workload, warmUp);
		}
		const slices = await measure(load, servers, workload, options);
		measured.set(workload.name, summarise(slices, servers[0]?.name ?? ""));
	}
	return measured;
}

interface StartSize {
	readonly startMs: number;
	readonly rssBytes: number;
}

/** Starts each server anew a few times, in turns, with nothing else running; the medians. */
async function measureStarts(
	names: readonly string[],
): Promise<Map<string, StartSize>> {
	const starts = new Map<string, StartSize[]>(names.map((name) => [name, []]));
	for (let round = 0; round < startTries; round += 1) {
		for (const name of names) {
			await using server = await ServerProcess.start(
				name,
				firstPort + names.length,
			);
			const { rssBytes } = await server.usage();
			starts.get(name)?.push({ startMs: server.startMs, rssBytes });
		}
	}
	return new Map(
		Array.from(starts, ([name, sizes]) => [
			name,
			{
				startMs: median(sizes.map(({ startMs }) => startMs)),
				rssBytes: median(sizes.map(({ rssBytes }) => rssBytes)),
			},
		]),
	);
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(
	names: readonly string[],
	measured: ReadonlyMap<string, readonly Measurement[]>,
	sizes: ReadonlyMap<string, StartSize>,
): void {
	const columns = [...measured.keys()];
	const table = (show: (measurement: Measurement) => string) =>
		markdownTable(
			["server", ...columns],
			names.map((name) => [
				name,
				...columns.map((column) => {
					const found = measured
						.get(column)
						?.find(({ server }) => server === name);
					return found === undefined ? "" : show(found);
				}),
			]),
		);
	const over = (measurement: Measurement) =>
		showEstimate(measurement.overBaseUs, { isSigned: true });
	console.log(
		[
			`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores; ${values.connections} connections, ${values.rounds} slices of ${values["slice-ms"]} ms, after ${values["warm-up-s"]} s.`,
			`CPU microseconds a request more than ${names[0]}, mean ± standard error:`,
			table(over),
			"CPU microseconds a request:",
			table(({ cpuUs }) => showEstimate(cpuUs)),
			"Requests a second:",
			table(({ requestsPerSecond }) =>
				showEstimate(requestsPerSecond, { digits: 0 }),
			),
			`Start to first answer and resident memory after it, median of ${startTries}:`,
			markdownTable(
				["server", "start (ms)", "memory (MB)"],
				names.map((name) => {
					const size = sizes.get(name);
					return [
						name,
						(size?.startMs ?? Number.NaN).toFixed(0),
						((size?.rssBytes ?? Number.NaN) / 1e6).toFixed(1),
					];
				}),
			),
		].join("\n\n"),
	);
}
