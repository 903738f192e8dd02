/**
 * Sockets: Vivace beside bare `ws`, `@fastify/websocket` and Hono's. `npm run bench:sockets -- --help` lists the options.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { shuffled } from "../shared/measure.ts";
import { compileServers, installPeers } from "../shared/prepare.ts";
import { ServerProcess } from "../shared/server-process.ts";
import { estimate, markdownTable, showEstimate } from "../shared/table.ts";
import { BenchSocket, frameBytes, textFrame } from "./client.ts";

const folder = import.meta.dirname;
const firstPort = 18_600;

/** Twice that and some more are as many sockets as Vivace has open by default, which can't be changed with Bun's own server. */
const mostOnBun = 4900;

// with --servers, as a comparison of their own: the first is Bun.serve
const bunServers: Readonly<Record<string, string>> = {
	bun: "bun",
	"vivace-bun": "vivace",
	elysia: "elysia",
};

const { values } = parseArgs({
	options: {
		help: { type: "boolean", default: false },
		servers: { type: "string", default: "ws,vivace,fastify,hono" },
		rounds: { type: "string", default: "8" },
		"slice-ms": { type: "string", default: "300" },
		idle: { type: "string", default: "9000" },
		connects: { type: "string", default: "50000" },
	},
});
const rounds = Number(values.rounds);
const sliceMs = Number(values["slice-ms"]);

/** A measured slice: CPU time of the server a message, and messages a second. */
interface Slice {
	readonly cpuUs: number;
	readonly perSecond: number;
}

type Measured = Map<string, Slice[]>;

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}
    on Bun: ${Object.keys(bunServers)}
  --rounds ${values.rounds}      slices of each server for each workload; twice as many as servers, or a multiple, for a balanced order
  --slice-ms ${values["slice-ms"]}  one slice of an echo
  --idle ${values.idle}       idle sockets for the memory of one, twice; a process here may have 20,000 files open
  --connects ${values.connects}  sockets that come and go`);
} else {
	installPeers(folder);
	compileServers(folder);
	await run();
}

async function run(): Promise<void> {
	const rows = new Map<string, string[]>();
	const names = values.servers.split(",");
	const add = (title: string, measured: Measured) => {
		const base = mean(measured.get(names[0] ?? "") ?? []);
		rows.set(
			title,
			names.map((name) => {
				const own = measured.get(name) ?? [];
				const ratio = base / mean(own);
				return `${showEstimate(estimate(own.map(({ cpuUs }) => cpuUs)))} (${ratio.toFixed(2)})`;
			}),
		);
		console.error(title, rows.get(title));
	};
	add("echo, 100 bytes: CPU µs a message", await together(names, echo(100)));
	add("echo, 16 KiB", await together(names, echo(16_384)));
	add(
		"broadcast to 1,000, 100 bytes: CPU µs a delivery",
		await together(names, broadcast(1000)),
	);
	add("broadcast to 5,000", await inSequence(names, broadcast(5000)));
	const idleCount = Math.min(
		Number(values.idle),
		names.some((name) => name in bunServers) ? mostOnBun : Infinity,
	);
	const first: string[] = [];
	const more: string[] = [];
	const churn: string[] = [];
	for (const [index, name] of names.entries()) {
		await using server = await start(name, index);
		const idle = await idleMemory(server, idleCount);
		first.push(idle[0]);
		more.push(idle[1]);
		churn.push(await comeAndGo(server));
		console.error(name, ...idle, churn.at(-1));
	}
	rows.set(`resident memory of an idle socket, of ${idleCount}, kB`, first);
	rows.set("of each that comes to these, of as many", more);
	rows.set(
		`${values.connects} that come and go: CPU µs each, memory after more than before (MB)`,
		churn,
	);
	console.log(
		markdownTable(
			["workload", ...names],
			[...rows].map(([title, cells]) => [title, ...cells]),
		),
	);
}

function mean(slices: readonly Slice[]): number {
	return estimate(slices.map(({ cpuUs }) => cpuUs)).mean;
}

function start(name: string, index: number): Promise<ServerProcess> {
	return ServerProcess.start({
		name,
		port: firstPort + index,
		run: runOf(name),
		probe: "/",
	});
}

function runOf(name: string): string | readonly [string, string] {
	const onBun = bunServers[name];
	return onBun === undefined
		? join(folder, `dist/${name}.js`)
		: [
				join(folder, "../../node_modules/.bin/bun"),
				join(folder, `dist/${onBun}.js`),
			];
}

/**
 * All servers in turns, in an order in which each follows each other one equally often: one that comes twice in a row finds its sockets in
 * the cache. Each is warmed up by slices that do not count.
 */
async function together(
	names: readonly string[],
	prepare: (server: ServerProcess) => Promise<Workload>,
): Promise<Measured> {
	await using stack = new AsyncDisposableStack();
	const loads: { readonly name: string; readonly load: Workload }[] = [];
	for (const [index, name] of names.entries()) {
		const server = stack.use(await start(name, index));
		const load = await prepare(server);
		stack.defer(() => load.end());
		loads.push({ name, load });
		for (let count = 0; count < 4; count++) {
			await load.slice();
		}
	}
	const measured: Measured = new Map(names.map((name) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (const { name, load } of shuffled(loads, round)) {
			measured.get(name)?.push(await load.slice());
		}
	}
	return measured;
}

/** One server after the other, where all of them together would need more files than a process may have open. */
async function inSequence(
	names: readonly string[],
	prepare: (server: ServerProcess) => Promise<Workload>,
): Promise<Measured> {
	const measured: Measured = new Map();
	for (const name of names) {
		for (const [own, slices] of await together([name], prepare)) {
			measured.set(own, slices);
		}
	}
	return measured;
}

/** Sockets that are open, and a slice of work with them. */
interface Workload {
	slice(): Promise<Slice>;
	end(): void;
}

/** Sixty-four sockets, each with one message on its way. */
function echo(size: number): (server: ServerProcess) => Promise<Workload> {
	const message = textFrame(size);
	const bytes = frameBytes(size);
	return async (server) => {
		const clients = await openMany(server.port, "/echo", 64);
		const slice = async (): Promise<Slice> => {
			const before = await server.usage();
			const begin = performance.now();
			let count = 0;
			await Promise.all(
				clients.map(async (client) => {
					while (performance.now() - begin < sliceMs) {
						client.socket.write(message);
						await client.receives(bytes);
						count++;
					}
				}),
			);
			const seconds = (performance.now() - begin) / 1000;
			const { cpuUs } = await server.usage();
			return {
				cpuUs: (cpuUs - before.cpuUs) / count,
				perSecond: count / seconds,
			};
		};
		return { slice, end: () => closeAll(clients) };
	};
}

/** One message after the other to all sockets of a group. */
function broadcast(
	count: number,
): (server: ServerProcess) => Promise<Workload> {
	const message = textFrame(100);
	const bytes = frameBytes(100);
	const messages = Math.max(2, Math.round(20_000 / count));
	return async (server) => {
		const clients = await openMany(server.port, "/broadcast", count);
		const slice = async (): Promise<Slice> => {
			const before = await server.usage();
			const begin = performance.now();
			for (let sent = 0; sent < messages; sent++) {
				const all = clients.map((client) => client.receives(bytes));
				clients[0]?.socket.write(message);
				await Promise.all(all);
			}
			const seconds = (performance.now() - begin) / 1000;
			const { cpuUs } = await server.usage();
			const delivered = messages * count;
			return {
				cpuUs: (cpuUs - before.cpuUs) / delivered,
				perSecond: delivered / seconds,
			};
		};
		return { slice, end: () => closeAll(clients) };
	};
}

/**
 * The memory of an open socket: of the first ones, with which the space for young objects grows as large as it gets, and of as many more.
 *
 * @returns kB
 */
async function idleMemory(
	server: ServerProcess,
	count: number,
): Promise<readonly [first: string, more: string]> {
	const clients = await openMany(server.port, "/echo", 100);
	await wait(200);
	let { rssBytes: before } = await server.usage();
	const grown = async () => {
		clients.push(...(await openMany(server.port, "/echo", count)));
		await wait(500);
		const { rssBytes } = await server.usage();
		const more = rssBytes - before;
		before = rssBytes;
		return (more / count / 1000).toFixed(1);
	};
	const measured = [await grown(), await grown()] as const;
	closeAll(clients);
	await wait(1000);
	return measured;
}

async function comeAndGo(server: ServerProcess): Promise<string> {
	const total = Number(values.connects);
	const visit = async (count: number) => {
		let left = count;
		await Promise.all(
			Array.from({ length: 64 }, async () => {
				while (left-- > 0) {
					const client = await BenchSocket.open(server.port, "/echo");
					await client.leave();
				}
			}),
		);
	};
	await visit(total / 5);
	const before = await server.usage();
	await visit(total);
	const { cpuUs, rssBytes } = await server.usage();
	const each = (cpuUs - before.cpuUs) / total;
	const more = (rssBytes - before.rssBytes) / 1e6;
	return `${each.toFixed(0)}, ${more.toFixed(1)}`;
}

async function openMany(
	port: number,
	path: string,
	count: number,
): Promise<BenchSocket[]> {
	const clients: BenchSocket[] = [];
	while (clients.length < count) {
		const wanted = Math.min(100, count - clients.length);
		const opening = Array.from({ length: wanted }, () =>
			BenchSocket.open(port, path),
		);
		clients.push(...(await Promise.all(opening)));
	}
	return clients;
}

function closeAll(clients: readonly BenchSocket[]): void {
	for (const { socket } of clients) {
		socket.destroy();
	}
}
