/**
 * Static files: Vivace beside `@fastify/static`, sirv, Hono and nginx. `npm run bench:static -- --help` lists the options.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchRequest } from "../shared/bench-request.ts";
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
import { estimate, markdownTable, showEstimate } from "../shared/table.ts";
import { largeFile, smallFiles, writeFiles } from "./files.ts";
import { nginxCommand } from "./nginx.ts";

const folder = import.meta.dirname;
const files = join(folder, "node_modules/.files");
const allServers = [
	"vivace",
	"vivace-fixed",
	"fastify",
	"sirv",
	"sirv-dev",
	"hono",
	"nginx",
];
const firstPort = 18_500;

const { values } = parseArgs({
	options: {
		servers: { type: "string", default: allServers.join(",") },
		...measureFlags({ sliceMs: 250, rounds: 24, warmUpS: 4 }),
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}; nginx is left out where it is not installed
${measureHelp(values)}`);
} else {
	installPeers(folder);
	compileServers(folder);
	writeFiles(files);
	await compareAndMeasure();
}

async function compareAndMeasure(): Promise<void> {
	await using stack = new AsyncDisposableStack();
	const servers: ServerProcess[] = [];
	for (const [index, name] of values.servers.split(",").entries()) {
		const port = firstPort + index;
		const run =
			name === "nginx"
				? nginxCommand(join(folder, "node_modules/.nginx"), files, port)
				: join(folder, `dist/${name}.js`);
		if (run !== undefined) {
			const probe = `/${smallFiles[0]}`;
			const env = { FILES: files };
			const program = { name, port, run, probe, env };
			servers.push(stack.use(await ServerProcess.start(program)));
		}
	}
	const small = smallFiles.map(get);
	const large = [get(largeFile)];
	reportDifferences(
		servers,
		await compareAnswers(servers, [...small, ...large]),
	);
	if (process.exitCode === 1 || values["check-only"]) {
		return;
	}
	const tags = new Map<string, string>();
	for (const { name, port } of servers) {
		tags.set(name, await entityTag(port));
	}
	const slices = await measureWorkloads(
		servers,
		[
			{ name: "4 KiB", title: "eight small files in turns", requests: small },
			{ name: "1 MiB", title: "one file of 1 MiB", requests: large },
			{
				name: "304",
				title: "a small file that the client has already",
				status: 304,
				requests: small,
				requestsOf: (server) => [
					{
						...get(smallFiles[0] ?? ""),
						headers: { "if-none-match": tags.get(server) ?? "" },
					},
				],
			},
		],
		measureOptions(values),
	);
	report(
		servers.map(({ name }) => name),
		slices,
	);
}

function get(file: string): BenchRequest {
	return { method: "GET", target: `/${file}` };
}

/** Each server has its own for the same file. */
async function entityTag(port: number): Promise<string> {
	const response = await fetch(`http://127.0.0.1:${port}/${smallFiles[0]}`, {
		headers: { connection: "close" },
	});
	await response.arrayBuffer();
	return response.headers.get("etag") ?? "";
}

function report(
	names: readonly string[],
	measured: ReadonlyMap<string, Slices>,
): void {
	const rows = names.map((name) => [
		name,
		...[...measured.values()].flatMap((slices) => {
			const own = slices.get(name) ?? [];
			return [
				showEstimate(estimate(own.map(({ cpuUs }) => cpuUs))),
				showEstimate(estimate(own.map((slice) => slice.requestsPerSecond)), {
					digits: 0,
				}),
			];
		}),
	]);
	const head = [...measured.keys()].flatMap((name) => [
		`${name}: CPU (µs)`,
		"a second",
	]);
	console.log(measuredOn(values));
	console.log();
	console.log(markdownTable(["server", ...head], rows));
}
