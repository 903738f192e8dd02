/**
 * Compares Vivace with a hand-written `node:http` server and with other frameworks. `npm run bench:http -- --help` lists the options.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
	compareAnswers,
	compareRefusals,
	reportDifferences,
} from "../shared/compare.ts";
import { measureWorkloads } from "../shared/measure.ts";
import {
	measuredOn,
	measureFlags,
	measureHelp,
	measureOptions,
} from "../shared/options.ts";
import {
	baselineName,
	compileServers,
	installBaseline,
	installPeers,
} from "../shared/prepare.ts";
import { ServerProcess } from "../shared/server-process.ts";
import { markdownTable, showEstimate } from "../shared/table.ts";
import { type Measurement, summarise } from "./summary.ts";
import { refusedRequests, workloads } from "./workloads.ts";

const folder = import.meta.dirname;
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
// with --servers, as a comparison of their own: the first is Bun.serve
const bunServers: Readonly<Record<string, string>> = {
	bun: "dist/bun.js",
	"vivace-bun": "dist/vivace.js",
	elysia: "dist/elysia.js",
	"vivace-bun-workers": "dist/vivace.js",
	"vivace-bun-workers-node": "dist/vivace.js",
};
// two processes, each with the server of the runtime or with node:http
const serverEnv: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	"vivace-bun-workers": { WORKERS: "2" },
	"vivace-bun-workers-node": { WORKERS: "2", ENGINE: "node" },
};
// the same on Deno: the first is Deno.serve
const denoServers: Readonly<Record<string, string>> = {
	deno: "dist/deno.js",
	"vivace-deno": "dist/vivace.js",
};
// as a Node program: with the packages that npm has installed
const denoWords = ["run", "-A", "--no-config", "--no-lock"];
const firstPort = 18_300;
const startTries = 7;

let baselineServer = "";

const { values } = parseArgs({
	options: {
		servers: { type: "string", default: allServers.join(",") },
		workloads: {
			type: "string",
			default: workloads.map(({ name }) => name).join(","),
		},
		baseline: { type: "string", default: "" },
		...measureFlags({ sliceMs: 250, rounds: 42, warmUpS: 10 }),
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}
    on Bun: ${Object.keys(bunServers)}
    on Deno: ${Object.keys(denoServers)}
  --workloads ${values.workloads}
  --baseline (none): another Vivace beside this one, as the server "${baselineName}": a checkout with its dependencies installed, or a
    package as npm packs it (.tgz)
${measureHelp(values)}`);
} else {
	installPeers(folder);
	compileServers(folder);
	if (values.baseline !== "") {
		baselineServer = installBaseline(folder, values.baseline);
	}
	await compareAndMeasure();
}

function start(name: string, port: number): Promise<ServerProcess> {
	const env = serverEnv[name] ?? {};
	const run = runOf(name);
	return ServerProcess.start({ name, port, run, env, probe: "/hello" });
}

function runOf(name: string): string | readonly [string, ...string[]] {
	if (name === baselineName) {
		return baselineServer;
	}
	const programs = join(folder, "../../node_modules/.bin");
	const onBun = bunServers[name];
	if (onBun !== undefined) {
		return [join(programs, "bun"), join(folder, onBun)];
	}
	const onDeno = denoServers[name];
	return onDeno === undefined
		? join(folder, `dist/${name}.js`)
		: [
				join(programs, "deno"),
				...denoWords,
				"--node-modules-dir=manual",
				join(folder, onDeno),
			];
}

/** The baseline stands behind what it is compared with. */
function serverNames(): string[] {
	const names = values.servers.split(",");
	return values.baseline === ""
		? names
		: names.flatMap((name) =>
				name === "vivace" ? [name, baselineName] : [name],
			);
}

async function compareAndMeasure(): Promise<void> {
	const names = serverNames();
	await using servers = new AsyncDisposableStack();
	const started: ServerProcess[] = [];
	for (const [index, name] of names.entries()) {
		started.push(servers.use(await start(name, firstPort + index)));
	}

	const requests = workloads.flatMap((workload) => workload.requests);
	reportDifferences(started, [
		...(await compareAnswers(started, requests, sortKeys)),
		...(await compareRefusals(started, refusedRequests)),
	]);
	if (process.exitCode === 1 || values["check-only"]) {
		return;
	}

	const chosen = values.workloads.split(",");
	const slices = await measureWorkloads(
		started,
		workloads.filter(({ name }) => chosen.includes(name)),
		measureOptions(values),
	);
	const measured = new Map(
		Array.from(slices, ([workload, found]) => [
			workload,
			summarise(found, names[0] ?? ""),
		]),
	);
	const sizes = await measureStarts(names);
	report(names, measured, sizes);
}

/** The order of an object's keys carries no meaning. */
function sortKeys(text: string): string {
	try {
		const entries = Object.entries<unknown>(JSON.parse(text));
		return JSON.stringify(Object.fromEntries(entries.sort(byKey)));
	} catch {
		return text; // not JSON: compared as it is
	}
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
	return one < other ? -1 : 1;
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
			await using server = await start(name, firstPort + names.length);
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
			measuredOn(values),
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
