/**
 * Uploads and forms: Vivace beside bare parsers on `node:http`, Fastify and multer. `npm run bench:uploads -- --help` lists the options.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Workload } from "../shared/bench-request.ts";
import { compareAnswers, reportDifferences } from "../shared/compare.ts";
import { measureWorkloads, type Slices } from "../shared/measure.ts";
import {
	measuredOn,
	measureFlags,
	measureHelp,
	measureOptions,
} from "../shared/options.ts";
import { compileServers, installPeers } from "../shared/prepare.ts";
import { ServerProcess } from "../shared/server-process.ts";
import {
	type Estimate,
	estimate,
	markdownTable,
	showEstimate,
} from "../shared/table.ts";
import { upload } from "./upload.ts";

const folder = import.meta.dirname;
const allServers = ["busboy", "fastify-busboy", "vivace", "fastify", "multer"];
const firstPort = 18_400;

const { values } = parseArgs({
	options: {
		servers: { type: "string", default: allServers.join(",") },
		mebibytes: { type: "string", default: "256" },
		uploads: { type: "string", default: "10" },
		"large-mebibytes": { type: "string", default: "2048" },
		...measureFlags({ sliceMs: 250, rounds: 20, warmUpS: 4 }),
	},
});

const forms: readonly Workload[] = [
	{
		name: "login",
		title: "two urlencoded fields",
		requests: [
			{
				method: "POST",
				target: "/login",
				headers: { "content-type": "application/x-www-form-urlencoded" },
				body: "username=ada&password=correct+horse+battery",
			},
		],
	},
	{
		name: "note",
		title: "three fields of a multipart form",
		requests: [
			{
				method: "POST",
				target: "/note",
				headers: { "content-type": "multipart/form-data; boundary=b" },
				body: `${["title", "text", "tag"]
					.map(
						(name) =>
							`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nthe ${name}\r\n`,
					)
					.join("")}--b--\r\n`,
			},
		],
	},
];

const targets = ["/stream", "/spool"] as const;

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}
  --mebibytes ${values.mebibytes}: the file of which the throughput is measured
  --uploads ${values.uploads}: how often it is sent to each server, in turns
  --large-mebibytes ${values["large-mebibytes"]}: the file during which the memory is watched; 0 leaves that out
${measureHelp(values)}`);
} else {
	installPeers(folder);
	compileServers(folder);
	await compareAndMeasure();
}

function start(name: string, port: number): Promise<ServerProcess> {
	const run = join(folder, `dist/${name}.js`);
	return ServerProcess.start({ name, port, run, probe: "/hello" });
}

async function compareAndMeasure(): Promise<void> {
	const names = values.servers.split(",");
	await using stack = new AsyncDisposableStack();
	const servers: ServerProcess[] = [];
	for (const [index, name] of names.entries()) {
		servers.push(stack.use(await start(name, firstPort + index)));
	}
	reportDifferences(
		servers,
		await compareAnswers(
			servers,
			forms.flatMap(({ requests }) => requests),
		),
	);
	for (const server of servers) {
		for (const target of targets) {
			await upload(server.port, target, 8); // throws at another answer
		}
	}
	if (process.exitCode === 1 || values["check-only"]) {
		return;
	}
	const throughput = await measureThroughput(servers);
	const slices = await measureWorkloads(servers, forms, measureOptions(values));
	const growth = await measureGrowth(servers);
	report(names, throughput, slices, growth);
}

/** By target and server: MiB a second and milliseconds of CPU time a GiB, one of each upload. */
type Throughput = Map<
	string,
	{ readonly rates: number[]; readonly cpu: number[] }
>;

async function measureThroughput(
	servers: readonly ServerProcess[],
): Promise<Throughput> {
	const mebibytes = Number(values.mebibytes);
	const measured: Throughput = new Map();
	for (let round = 0; round < Number(values.uploads); round += 1) {
		for (const target of targets) {
			for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
				const key = `${target} ${server.name}`;
				const found = measured.get(key) ?? { rates: [], cpu: [] };
				measured.set(key, found);
				const before = await server.usage();
				const elapsedMs = await upload(server.port, target, mebibytes);
				const after = await server.usage();
				found.rates.push((mebibytes / elapsedMs) * 1000);
				found.cpu.push(
					((after.cpuUs - before.cpuUs) / 1000 / mebibytes) * 1024,
				);
			}
		}
	}
	return measured;
}

/** Resident memory during a large upload, in MiB. */
interface Growth {
	readonly highest: number;
	/** Its highest above the highest during the same upload before. */
	readonly peak: number;
	/** Its median in the last quarter of the upload above that in the first. */
	readonly drift: number;
}

/** By target and server. */
async function measureGrowth(
	servers: readonly ServerProcess[],
): Promise<Map<string, Growth>> {
	const mebibytes = Number(values["large-mebibytes"]);
	const grown = new Map<string, Growth>();
	for (const target of mebibytes > 0 ? targets : []) {
		for (const server of servers) {
			// the first finds the size of the heap's young part, and of what is in flight
			const first = await memoryDuring(server, target, mebibytes);
			const second = await memoryDuring(server, target, mebibytes);
			const quarter = Math.ceil(second.length / 4);
			grown.set(`${target} ${server.name}`, {
				highest: Math.max(...second),
				peak: Math.max(...second) - Math.max(...first),
				drift:
					median(second.slice(-quarter)) - median(second.slice(0, quarter)),
			});
		}
	}
	return grown;
}

/** Resident memory every 10 ms while a file is sent, in MiB: between two garbage collections it rises and falls by itself. */
async function memoryDuring(
	server: ServerProcess,
	target: string,
	mebibytes: number,
): Promise<number[]> {
	let isRunning = true;
	const over = upload(server.port, target, mebibytes).finally(() => {
		isRunning = false;
	});
	const samples: number[] = [];
	while (isRunning) {
		await Promise.race([over, wait(10)]);
		samples.push((await server.usage()).rssBytes / 1024 ** 2);
	}
	await over;
	return samples;
}

function shownGrowth(growth: Growth | undefined): string {
	if (growth === undefined) {
		return "";
	}
	const signed = (value: number) =>
		`${value < 0 ? "" : "+"}${value.toFixed(0)}`;
	const { highest, peak, drift } = growth;
	return `${highest.toFixed(0)}, ${signed(peak)}, ${signed(drift)}`;
}

function median(samples: readonly number[]): number {
	return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
}

function report(
	names: readonly string[],
	throughput: Throughput,
	slices: ReadonlyMap<string, Slices>,
	growth: ReadonlyMap<string, Growth>,
): void {
	const base = names[0] ?? "";
	const estimateOf = (
		target: string,
		name: string,
		of: "rates" | "cpu",
	): Estimate => estimate(throughput.get(`${target} ${name}`)?.[of] ?? []);
	const shown = (value: Estimate) => showEstimate(value, { digits: 0 });
	const uploads = names.map((name) => [
		name,
		...targets.flatMap((target) => [
			shown(estimateOf(target, name, "rates")),
			(
				estimateOf(target, name, "rates").mean /
				estimateOf(target, base, "rates").mean
			).toFixed(2),
			shown(estimateOf(target, name, "cpu")),
			shownGrowth(growth.get(`${target} ${name}`)),
		]),
	]);
	const small = names.map((name) => [
		name,
		...[...slices.values()].flatMap((found) => {
			const own = found.get(name) ?? [];
			return [
				showEstimate(estimate(own.map(({ cpuUs }) => cpuUs))),
				shown(estimate(own.map((slice) => slice.requestsPerSecond))),
			];
		}),
	]);
	console.log(
		[
			measuredOn(values),
			`One file of ${values.mebibytes} MiB, ${values.uploads} times; memory during one of ${values["large-mebibytes"]} MiB:`,
			markdownTable(
				[
					"server",
					...targets.flatMap((target) => [
						`${target} (MiB/s)`,
						`of ${base}`,
						"CPU (ms/GiB)",
						"memory (MiB): highest, peak, drift",
					]),
				],
				uploads,
			),
			"Small forms:",
			markdownTable(
				[
					"server",
					...forms.flatMap(({ name }) => [`${name}: CPU (µs)`, "a second"]),
				],
				small,
			),
		].join("\n\n"),
	);
}
