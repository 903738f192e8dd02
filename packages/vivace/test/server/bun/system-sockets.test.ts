import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import {
	connectionsTo,
	fullConnectionsTo,
	peerName,
	tellsOfConnections,
} from "../../../src/server/bun/system-sockets.ts";

test("a client has one name, however its address is written", () => {
	for (const [address, name] of [
		["127.0.0.1", "127.0.0.1 80"],
		["::ffff:192.0.2.1", "192.0.2.1 80"],
		["::1", "[::1] 80"],
		["0000:0000:0000:0000:0000:0000:0000:0001", "[::1] 80"],
		["2001:0DB8:0000:0000:0000:0000:0000:00FF", "[2001:db8::ff] 80"],
	] as const) {
		assert.equal(peerName(address, 80), name);
	}
});

const sizeBytes = 32_000_000;

function received(socket: Socket): Promise<void> {
	let leftBytes = sizeBytes;
	return new Promise((resolve) => {
		socket.on("data", (chunk) => {
			leftBytes -= chunk.length;
			if (leftBytes === 0) {
				resolve();
			}
		});
	});
}

const loopbacks = Object.values(networkInterfaces())
	.flatMap((addresses) => addresses ?? [])
	.filter(({ internal }) => internal)
	.map(({ address }) => address)
	.filter((address) => address === "127.0.0.1" || address === "::1");

for (const host of tellsOfConnections ? loopbacks : []) {
	test(`the kernel knows which clients on ${host} take nothing`, async () => {
		const server = createServer((socket) => {
			socket.on("error", () => {});
			socket.write(Buffer.alloc(sizeBytes));
		});
		server.listen(0, host);
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const full = connect(port, host).pause();
		const reading = connect(port, host);
		const whole = received(reading);
		await Promise.all([once(full, "connect"), once(reading, "connect")]);
		while (connectionsTo(port) < 2) {
			await wait(5); // accepted in a later turn
		}
		const name = peerName(full.localAddress ?? "", full.localPort ?? 0);
		while (!fullConnectionsTo(port).has(name)) {
			await wait(5); // the kernel has no event for it
		}
		await whole;
		const waiting = [...fullConnectionsTo(port).keys()];
		full.destroy();
		reading.destroy();
		server.close();
		assert.deepEqual(waiting, [name]);
	});
}
