import type { LoadProcess } from "./load-process.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Workload } from "./workloads.ts";

/** How long and how often is measured. */
export interface MeasureOptions {
	readonly connections: number;
	/** One slice of one server, in milliseconds. */
	readonly sliceMs: number;
	/** Slices of each server for each workload. */
	readonly rounds: number;
}

/** One server in one slice. */
export interface Slice {
	/** CPU time of the server's process a request, in microseconds. */
	readonly cpuUs: number;
	readonly requestsPerSecond: number;
}

/** Slices by server, in the order of the rounds. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

/**
 * Measures all servers in turns, a slice each, in another order every round: what else happens on the machine meets all of them alike.
 */
export async function measure(
	load: LoadProcess,
	servers: readonly ServerProcess[],
	workload: Workload,
	options: MeasureOptions,
): Promise<Slices> {
	const slices = new Map<string, Slice[]>(
		servers.map(({ name }) => [name, []]),
	);
	for (let round = 0; round < options.rounds; round += 1) {
		for (const server of rotated(servers, round)) {
			const slice = await measureSlice(load, server, workload, options);
			slices.get(server.name)?.push(slice);
		}
	}
	return slices;
}

async function measureSlice(
	load: LoadProcess,
	server: ServerProcess,
	workload: Workload,
	{ connections, sliceMs }: MeasureOptions,
): Promise<Slice> {
	await load.ask({
		type: "open",
		port: server.port,
		connections,
		request: workload.request,
		status: 200,
	});
	const before = await server.usage();
	const { requests, elapsedMs } = await load.ask({
		type: "run",
		durationMs: sliceMs,
	});
	const after = await server.usage();
	await load.ask({ type: "close" });
	return {
		cpuUs: (after.cpuUs - before.cpuUs) / requests,
		requestsPerSecond: (requests / elapsedMs) * 1000,
	};
}

/** The servers in another order for every round, each of them equally often at each place. */
function rotated<Item>(items: readonly Item[], round: number): Item[] {
	const start = round % items.length;
	const order = [...items.slice(start), ...items.slice(0, start)];
	return Math.floor(round / items.length) % 2 === 0 ? order : order.reverse();
}
