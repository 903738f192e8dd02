import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { before, describe, test } from "node:test";
import type { BunServer } from "../../../src/server/bun/bun-runtime.ts";
import { bunRuntime } from "../../../src/server/bun/bun-runtime.ts";
import { dropNewConnections } from "../../../src/server/bun/packet-filter.ts";
import { socketAddress } from "../../../src/server/bun/socket-address.ts";
import {
	type SystemCalls,
	systemCalls,
} from "../../../src/server/bun/system-calls.ts";
import { WorkerSockets } from "../../../src/server/bun/worker-sockets.ts";
import type { ConnectionTaker } from "../../../src/server/lifecycle/workers-port.ts";

const bun = bunRuntime();
const never = new AbortController().signal;

/** A worker in a place, which is never handed anything. */
function taker(id: number): ConnectionTaker {
	return { id, hand: () => Promise.resolve(false) };
}

/** A client's end of a connection; resolves as soon as the system has accepted it. */
function connected(port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1", () => resolve(socket));
		socket.on("error", reject);
	});
}

if (bun !== undefined) {
	describe("sockets of workers", () => {
		let system: SystemCalls;
		let made: WorkerSockets;

		before(async () => {
			const calls = await systemCalls();
			assert.ok(calls !== undefined);
			system = calls;
		});

		const make = async (count: number, host = "127.0.0.1"): Promise<number> => {
			const sockets = await WorkerSockets.make(bun, {
				host,
				backlog: 50,
				count,
			});
			assert.ok(sockets !== undefined);
			made = sockets;
			const { port } = await made.listen({ host, port: 0 });
			return port;
		};

		/** How many connections wait on each socket, as the kernel has it. */
		async function waiting(port: number, count: number): Promise<number[]> {
			const { readFileSync, readlinkSync } = await import("node:fs");
			const hex = port.toString(16).toUpperCase().padStart(4, "0");
			const rows = readFileSync("/proc/self/net/tcp", "utf8")
				.split("\n")
				.map((line) => line.trim().split(/\s+/))
				.filter(([, address = ""]) => address.endsWith(`:${hex}`));
			return Array.from({ length: count }, (_, id) => {
				const link = readlinkSync(`/proc/self/fd/${made.descriptorFor(id)}`);
				const row = rows.find(([, , , , , , , , , inode = "none"]) =>
					link.includes(`[${inode}]`),
				);
				return Number.parseInt(row?.[4]?.split(":")[1] ?? "none", 16);
			});
		}

		test("new connections go to the places that have a worker, and to all when none has", async () => {
			const port = await make(3);
			const workers = [taker(0), taker(1), taker(2)] as const;
			for (const worker of workers) {
				made.add(worker);
			}
			made.remove(workers[0]);
			made.remove(workers[2]);
			const clients: Socket[] = [];
			for (let turn = 0; turn < 9; turn++) {
				clients.push(await connected(port));
			}
			assert.deepEqual(await waiting(port, 3), [0, 9, 0]);
			made.add(workers[2]);
			made.remove(workers[1]);
			clients.push(await connected(port));
			assert.deepEqual(await waiting(port, 3), [0, 9, 1]);
			made.remove(workers[2]);
			while ((await waiting(port, 3))[0] === 0) {
				clients.push(await connected(port));
			}
			for (const client of clients) {
				client.destroy();
			}
			await made.close(never);
			await assert.rejects(connected(port), { code: "ECONNREFUSED" });
		});

		test("a socket that drops what is new keeps what has been accepted", async () => {
			const port = await make(1);
			const first = await connected(port);
			assert.ok(dropNewConnections(system, made.descriptorFor(0) ?? -1));
			const second = connect(port, "127.0.0.1");
			const outcome = new Promise((resolve) => {
				second.on("connect", () => resolve("connected"));
				second.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
			});
			assert.deepEqual(await waiting(port, 1), [1]);
			await made.close(never);
			assert.equal(await outcome, "ECONNREFUSED"); // when it asked again
			first.destroy();
		});

		test("a port that another program would share is in use all the same", async () => {
			const other: BunServer = bun.serve({
				hostname: "127.0.0.1",
				port: 0,
				development: false,
				reusePort: true,
				fetch: () => new globalThis.Response(null),
			});
			try {
				const { port } = other;
				const host = "127.0.0.1";
				const options = { host, backlog: 50, count: 2 };
				const sockets = await WorkerSockets.make(bun, options);
				await assert.rejects(
					async () => await sockets?.listen({ host, port }),
					{
						code: "EADDRINUSE",
					},
				);
				assert.equal(sockets?.descriptorFor(0), undefined);
			} finally {
				await other.stop(true);
			}
		});

		test("where the runtime does not wait for its socket as expected there are none", async () => {
			const options = { host: "127.0.0.1", backlog: 50, count: 2 };
			const stopped: unknown[] = [];
			const elsewhere = {
				...bun,
				serve: () => ({
					port: 1,
					stop: (...how: unknown[]) => stopped.push(how),
				}),
			};
			assert.equal(
				await WorkerSockets.make(elsewhere as unknown as typeof bun, options), // by this much of it
				undefined,
			);
			assert.deepEqual(stopped, [[true]]);
		});

		test("a proxy that the environment names is not asked whether it works", async () => {
			const before = process.env.HTTP_PROXY;
			process.env.HTTP_PROXY = "http://127.0.0.1:9";
			try {
				await make(1);
				await made.close(never);
			} finally {
				if (before === undefined) {
					delete process.env.HTTP_PROXY;
				} else {
					process.env.HTTP_PROXY = before;
				}
			}
		});

		test("an address of another machine is told as the runtime does", async () => {
			await assert.rejects(make(1, "192.0.2.1"), { code: "EADDRNOTAVAIL" });
			await assert.rejects(make(1, "no-such-host.invalid"), {
				code: /ENOTFOUND|EAI_AGAIN/,
			});
		});

		test("addresses are written as the system reads them", async () => {
			const four = await socketAddress(system, "192.0.2.7");
			assert.deepEqual(
				[...(four?.bytes(0x1f90).subarray(0, 8) ?? [])],
				[2, 0, 0x1f, 0x90, 192, 0, 2, 7],
			);
			const six = await socketAddress(system, "2001:db8::ff");
			const bytes = six?.bytes(80) ?? new Uint8Array();
			assert.deepEqual([...bytes.subarray(0, 4)], [10, 0, 0, 80]);
			assert.deepEqual([...bytes.subarray(8, 12)], [0x20, 0x01, 0x0d, 0xb8]);
			assert.deepEqual([...bytes.subarray(22)], [0, 0xff, 0, 0, 0, 0]);
		});
	});
}
