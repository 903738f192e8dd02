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

/** How much higher resident memory rises with one large upload than with three of 256 MiB, in MiB, by target and server. */
async function measureGrowth(
	servers: readonly ServerProcess[],
): Promise<Map<string, number>> {
	const mebibytes = Number(values["large-mebibytes"]);
	const grown = new Map<string, number>();
	for (const target of mebibytes > 0 ? targets : []) {
		for (const server of servers) {
			let small = 0;
			for (let sent = 0; sent < 3; sent += 1) {
				small = Math.max(small, await peakDuring(server, target, 256));
			}
			const large = await peakDuring(server, target, mebibytes);
			grown.set(`${target} ${server.name}`, (large - small) / 1024 ** 2);
		}
	}
	return grown;
}

/** The highest resident memory while a file is sent, in bytes: between two garbage collections it rises and falls by itself. */
async function peakDuring(
	server: ServerProcess,
	target: string,
	mebibytes: number,
): Promise<number> {
	let isRunning = true;
	const over = upload(server.port, target, mebibytes).finally(() => {
		isRunning = false;
	});
	let peakBytes = 0;
	while (isRunning) {
		await Promise.race([over, wait(20)]);
		peakBytes = Math.max(peakBytes, (await server.usage()).rssBytes);
	}
	await over;
	return peakBytes;
}

function report(
	names: readonly string[],
	throughput: Throughput,
	slices: ReadonlyMap<string, Slices>,
	growth: ReadonlyMap<string, number>,
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
			growth.get(`${target} ${name}`)?.toFixed(0) ?? "",
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
						"growth (MiB)",
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
