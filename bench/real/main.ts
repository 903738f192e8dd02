/**
 * Measures what users do beside hello: dependencies that clean up, lists, nulls, events, large bodies, documents, starts, memory, growth; against a
 * hand-written `node:http` server and Fastify, in one run. `npm run bench:real -- --help` lists the options.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareAnswers, reportDifferences } from "../shared/compare.ts";
import { measureWorkloads, type Slices } from "../shared/measure.ts";
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
import {
	type Estimate,
	estimate,
	estimateRatio,
	markdownTable,
	showEstimate,
} from "../shared/table.ts";
import { cleanUpTable } from "./clean-up-table.ts";
import { OpenClients } from "./open-clients.ts";
import { bodies, type RealWorkload, workloads } from "./workloads.ts";

const folder = import.meta.dirname;
let baselineServer = "";
const allParts = [
	"requests",
	"bodies",
	"document",
	"start",
	"memory",
	"growth",
];
const firstPort = 18_500;

const { values } = parseArgs({
	options: {
		parts: { type: "string", default: allParts.join(",") },
		workloads: {
			type: "string",
			default: workloads.map(({ name }) => name).join(","),
		},
		starts: { type: "string", default: "9" },
		baseline: { type: "string", default: "" },
		clients: { type: "string", default: String(possibleClients()) },
		...measureFlags({ sliceMs: 200, rounds: 12, warmUpS: 1 }),
	},
});

/** The first is what the others are compared with. */
const names = [
	"node",
	"vivace",
	...(values.baseline === "" ? [] : [baselineName]),
	"fastify",
];

if (values.help) {
	console.log(`Options, with their defaults:
  --parts ${values.parts}
  --workloads ${values.workloads}
  --starts ${values.starts}         of each server
  --clients ${values.clients}     that wait at a time, where memory is measured: 10,000, or as many as there are descriptors for, here and in the server
  --baseline (none)  another Vivace beside this one, as "${baselineName}": a checkout with its dependencies installed, or a tarball
${measureHelp(values)}`);
} else {
	installPeers(folder);
	compileServers(folder);
	if (values.baseline !== "") {
		baselineServer = installBaseline(folder, values.baseline);
	}
	const parts: Readonly<Record<string, () => Promise<string>>> = {
		requests: requestsTable,
		bodies: bodiesTable,
		document: async () => documentTable(),
		start: startTable,
		memory: memoryTable,
		growth: async () => growthTable(),
	};
	console.log(measuredOn(values));
	for (const part of values.parts.split(",")) {
		console.log(`\n${await parts[part]?.()}`);
	}
}

function start(
	name: string,
	port: number,
	env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
	const [file = ""] = name.split(" ");
	const run =
		name === baselineName ? baselineServer : join(folder, `dist/${file}.js`);
	return ServerProcess.start({ name, port, run, probe: "/hello", env });
}

async function requestsTable(): Promise<string> {
	await using started = new AsyncDisposableStack();
	const servers: ServerProcess[] = [];
	for (const [index, name] of names.entries()) {
		servers.push(started.use(await start(name, firstPort + index)));
	}
	const all = workloads.flatMap(({ requests }) => requests);
	reportDifferences(servers, await compareAnswers(servers, all));
	if (process.exitCode === 1 || values["check-only"]) {
		return "";
	}
	const chosen = workloads.filter(({ name }) =>
		values.workloads.split(",").includes(name),
	);
	const measured = await measureWorkloads(
		servers,
		chosen,
		measureOptions(values),
	);
	return `CPU microseconds of the server a request (of an event where it says so), and how many times as much as by hand:

${timesTable(chosen, measured, names)}
${cleanUpTable(measured, names)}`;
}

/** The time of each schema library for a large body, through Vivace, beside Zod by hand and Fastify's Ajv. */
async function bodiesTable(): Promise<string> {
	await using started = new AsyncDisposableStack();
	const libraries = ["valibot", "arktype"];
	const servers: ServerProcess[] = [];
	const add = async (name: string, env = {}) => {
		const port = firstPort + servers.length;
		servers.push(started.use(await start(name, port, env)));
	};
	for (const name of names) {
		if (name !== baselineName) {
			await add(name); // an older one may refuse so large a body
		}
	}
	for (const library of libraries) {
		await add(`vivace with ${library}`, { BENCH_SCHEMA: library });
	}
	reportDifferences(servers, await compareAnswers(servers, bodies.requests));
	if (process.exitCode === 1 || values["check-only"]) {
		return "";
	}
	// few connections: 64 bodies at a time would measure the memory of the machine
	const options = { ...measureOptions(values), connections: 2, sliceMs: 1000 };
	const measured = await measureWorkloads(servers, [bodies], options);
	return timesTable(
		[bodies],
		measured,
		servers.map(({ name }) => name),
	);
}

function timesTable(
	chosen: readonly RealWorkload[],
	measured: ReadonlyMap<string, Slices>,
	columns: readonly string[],
): string {
	const others = columns.slice(1);
	const rows = chosen.map(({ name, title, per }) => {
		const slices = measured.get(name);
		const count = per?.count ?? 1;
		const timesOf = (column: string) =>
			(slices?.get(column) ?? []).map(({ cpuUs }) => cpuUs / count);
		const base = timesOf(columns[0] ?? "");
		const ratio = (column: string): Estimate =>
			estimateRatio(
				timesOf(column).map((time, round) => time / (base[round] ?? 1)),
			);
		return [
			`${title}${per === undefined ? "" : `, per ${per.unit}`}`,
			...columns.map((column) => showEstimate(estimate(timesOf(column)))),
			...others.map((column) => showEstimate(ratio(column), { digits: 2 })),
		];
	});
	const ratios = others.map((name) => `${name}, × ${columns[0]}`);
	return markdownTable(["", ...columns, ...ratios], rows);
}

interface Starts {
	readonly ms: number[];
	readonly cpuMs: number[];
	readonly mb: number[];
}

/** From the start of the process to its first answer, and what is resident then. */
async function startTable(): Promise<string> {
	const rows: string[][] = [];
	for (const routes of [0, 300]) {
		const found = new Map<string, Starts>(
			names.map((name) => [name, { ms: [], cpuMs: [], mb: [] }]),
		);
		for (let round = 0; round < Number(values.starts); round += 1) {
			for (const name of names) {
				const env = { BENCH_ROUTES: String(routes) };
				await using server = await start(name, firstPort, env);
				const { rssBytes, cpuUs } = await server.usage();
				found.get(name)?.ms.push(server.startMs);
				found.get(name)?.cpuMs.push(cpuUs / 1000);
				found.get(name)?.mb.push(rssBytes / 1e6);
			}
		}
		const row = (of: keyof Starts) =>
			names.map((name) => median(found.get(name)?.[of] ?? []).toFixed(1));
		const title = `${routes + workloads.length} routes, to the first answer`;
		rows.push([`${title}, ms`, ...row("ms")]);
		rows.push([`${title}, ms of processor time`, ...row("cpuMs")]);
		rows.push(["resident then, MB", ...row("mb")]);
	}
	return `Medians of ${values.starts} starts, in turns. All load Zod but Fastify, which has its schemas in JSON:

${markdownTable(["", ...names], rows)}`;
}

/** With fewer than 8,000 the steps in which the young objects' space grows hide what a client takes. */
function possibleClients(): number {
	const { userLimits } = process.report.getReport() as unknown as {
		readonly userLimits: {
			readonly open_files: { readonly soft: number | "unlimited" };
		};
	};
	const { soft } = userLimits.open_files;
	return soft === "unlimited" ? 10_000 : Math.min(10_000, soft - 500);
}

/** Resident memory of each client that waits: for an event, or with its next request. */
async function memoryTable(): Promise<string> {
	const count = Number(values.clients);
	const kinds = [
		{ title: "an open event stream, KB", path: "/open" },
		{ title: "an idle connection, KB", path: "/hello" },
	];
	const rows: string[][] = [];
	for (const { title, path } of kinds) {
		const cells: string[] = [];
		for (const name of names) {
			await using server = await start(name, firstPort);
			// the first clients bring code and tables with them, once
			const first = await OpenClients.open(server.port, path, 200);
			const before = await server.usage();
			const more = await OpenClients.open(server.port, path, count);
			const after = await server.usage();
			cells.push(
				((after.rssBytes - before.rssBytes) / 1000 / count).toFixed(1),
			);
			first.close();
			more.close();
		}
		rows.push([title, ...cells]);
	}
	const remark =
		count < 8000
			? " (so few that the heap's own steps are a good part of it: raise the limit of descriptors, `ulimit -n`)"
			: "";
	return `Resident memory of each of ${count} clients that wait${remark}:

${markdownTable(["", ...names], rows)}`;
}

/** The first OpenAPI document: how long it takes, and how long it holds up everybody else. */
function documentTable(): string {
	const runs = [
		["vivace", 1000, 5],
		["vivace", 5000, 5],
		["fastify", 1000, 1], // a start alone takes half a minute
	] as const;
	const program = join(folder, "dist/document.js");
	const rows = runs.map(([name, routes, length]) => {
		const found = Array.from({ length }, () => {
			const args = [program, name, String(routes)];
			const text = execFileSync(process.execPath, args, { encoding: "utf8" });
			return JSON.parse(text) as Readonly<Record<DocumentFigure, number>>;
		});
		const middle = (of: DocumentFigure) => median(found.map((run) => run[of]));
		return [
			`${name}, ${routes} routes`,
			middle("totalMs").toFixed(0),
			middle("longestMs").toFixed(1),
			(middle("bytes") / 1e6).toFixed(1),
		];
	});
	return `The first OpenAPI document, of routes with two models each (medians of 5 processes; Fastify's with @fastify/swagger, of one):

${markdownTable(["", "in all, ms of processor time", "longest turn, ms of it", "MB"], rows)}`;
}

type DocumentFigure = "totalMs" | "longestMs" | "bytes";

function growthTable(): string {
	const kinds = [
		{ kind: "routes", sizes: [10, 1000, 10_000] },
		{
			kind: "dependencies",
			label: "dependencies deep",
			sizes: [1, 10, 100],
		},
		{ kind: "mounts", sizes: [1, 100, 1000] },
		{
			kind: "segments",
			label: "segments of a path, before that of each of 100 routes",
			sizes: [2, 10, 50],
		},
	];
	const program = join(folder, "dist/growth.js");
	const rows = kinds.flatMap(({ kind, label = kind, sizes }) =>
		sizes.map((size) => {
			const text = execFileSync(
				process.execPath,
				[program, kind, String(size)],
				{ encoding: "utf8" },
			);
			const { buildMs, requestUs } = JSON.parse(text) as {
				buildMs: number;
				requestUs: number;
			};
			return [
				`${size} ${label}`,
				requestUs.toFixed(2),
				buildMs.toFixed(1),
				((buildMs / size) * 1000).toFixed(0),
			];
		}),
	);
	return `What an app has, and what a request takes then (with \`app.fetch\`, the best of 30 rounds):

${markdownTable(["", "a request, µs", "declare and start, CPU ms", "of each, µs"], rows)}`;
}

function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
