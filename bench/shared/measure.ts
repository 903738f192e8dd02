import type { Workload } from "./bench-request.ts";
import type { Latency } from "./load.ts";
import { LoadProcess } from "./load-process.ts";
import type { ServerProcess } from "./server-process.ts";

/** How long and how often is measured. */
export interface MeasureOptions {
	readonly connections: number;
	/** One slice of one server, in milliseconds. */
	readonly sliceMs: number;
	/** Slices of each server for each workload. */
	readonly rounds: number;
	/** Each server under each workload, before the first slice. */
	readonly warmUpMs: number;
}

/** One server in one slice. */
export interface Slice {
	/** CPU time of the server's process a request, in microseconds. */
	readonly cpuUs: number;
	/** The same of its database, where that is a process. */
	readonly databaseCpuUs: number | undefined;
	readonly requestsPerSecond: number;
	readonly latencyMs: Latency;
}

/** Slices by server, in the order of the rounds. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

/** Called with the number of requests that a server has answered, by their target: each answer counts, also of the warming up. */
export type OnAnswers = (server: ServerProcess, answers: Counts) => void;

type Counts = Readonly<Record<string, number>>;

/** Measures all servers under one workload after the other, but for those of one cycle; the results by the workloads' names. */
export async function measureWorkloads(
	servers: readonly ServerProcess[],
	workloads: readonly Workload[],
	options: MeasureOptions,
	onAnswers: OnAnswers = () => {},
): Promise<Map<string, Slices>> {
	await using load = new LoadProcess();
	const { warmUpMs } = options;
	const measured = new Map<string, Slices>();
	const cycles = Map.groupBy(workloads, ({ cycle, name }) => cycle ?? name);
	for (const cycle of cycles.values()) {
		for (const { name, title } of cycle) {
			console.error(`${name} ${title} …`);
		}
		const contenders = cycle.flatMap((workload) =>
			servers.map((server): Contender => ({ workload, server, slices: [] })),
		);
		if (warmUpMs > 0) {
			const warmUp = { ...options, sliceMs: warmUpMs, rounds: 1 };
			await measure(load, contenders, warmUp, onAnswers);
		}
		const slices = await measure(load, contenders, options, onAnswers);
		for (const { name } of cycle) {
			measured.set(name, slicesOf(name, slices));
		}
	}
	return measured;
}

/** A server under a workload. */
interface Contender {
	readonly workload: Workload;
	readonly server: ServerProcess;
	readonly slices: readonly Slice[];
}

/** In turns, a slice each, in another order every round: what else happens on the machine meets all of them alike. */
async function measure(
	load: LoadProcess,
	contenders: readonly Contender[],
	options: MeasureOptions,
	onAnswers: OnAnswers,
): Promise<Contender[]> {
	const measured = contenders.map((contender) => ({
		...contender,
		slices: [] as Slice[],
	}));
	for (let round = 0; round < options.rounds; round += 1) {
		for (const { server, workload, slices } of shuffled(measured, round)) {
			const count = (answers: Counts) => onAnswers(server, answers);
			slices.push(await measureSlice(load, server, workload, options, count));
		}
	}
	return measured;
}

/** The slices under one workload, by the servers' names. */
function slicesOf(name: string, measured: readonly Contender[]): Slices {
	return new Map(
		measured
			.filter(({ workload }) => workload.name === name)
			.map(({ server, slices }) => [server.name, slices]),
	);
}

async function measureSlice(
	load: LoadProcess,
	server: ServerProcess,
	{ requests, requestsOf, status = 200 }: Workload,
	{ connections, sliceMs }: MeasureOptions,
	count: (answers: Counts) => void,
): Promise<Slice> {
	const opened = await load.ask({
		type: "open",
		port: server.port,
		connections,
		requests: requestsOf?.(server.name) ?? requests,
		status,
	});
	count(opened.answers);
	const before = await server.usage();
	const databaseBefore = server.databaseCpuUs();
	const slice = await load.ask({ type: "run", durationMs: sliceMs });
	const after = await server.usage();
	const databaseAfter = server.databaseCpuUs();
	count(slice.answers);
	await load.ask({ type: "close" });
	const requestCount = sum(slice.answers);
	return {
		cpuUs: (after.cpuUs - before.cpuUs) / requestCount,
		databaseCpuUs:
			databaseBefore &&
			databaseAfter &&
			(databaseAfter - databaseBefore) / requestCount,
		requestsPerSecond: (requestCount / slice.elapsedMs) * 1000,
		latencyMs: slice.latencyMs,
	};
}

function sum(counts: Counts): number {
	return Object.values(counts).reduce((total, count) => total + count, 0);
}

/**
 * The servers in another order for every round: after two times as many rounds as there are servers, each of them was equally often at
 * each place and behind each other one, so that what a server leaves behind (pages to be written, say) meets all alike. A Williams design.
 */
export function shuffled<Item>(items: readonly Item[], round: number): Item[] {
	const { length } = items;
	const order = items.map((_, place) => {
		const zigzag = place % 2 === 0 ? place / 2 : length - (place + 1) / 2;
		return items[(zigzag + round) % length] as Item;
	});
	return Math.floor(round / length) % 2 === 0 ? order : order.reverse();
}
