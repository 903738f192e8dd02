import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { until } from "../support/until.ts";
import { Program } from "./program.ts";
import { closePayload, closing, frame, handshake, text } from "./raw-socket.ts";

interface State {
	readonly begun: number;
	readonly ended: number;
	readonly sockets: number;
	readonly heapBytes: number;
}

/** How many come and go; the guide's figure is of 50,000. */
const total = Number(process.env.VIVACE_SOCKETS ?? 6_000);
const atATime = 32;
/** A signal or a stream that is left of each would be more; what the process has learnt meanwhile is less. */
const mostBytesEach = 250;

/** The ways of a client to leave. */
const ways = ["close", "end", "reset", "refused", "early"] as const;

async function comeAndGo(port: number, index: number): Promise<void> {
	const way = ways[index % ways.length];
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => {}); // `close` follows
	const closed = once(socket, "close");
	const path = `/${index % 50}${way === "refused" ? "?refuse=true" : ""}`;
	const head = [`GET ${path} HTTP/1.1`, ...handshake, "", ""].join("\r\n");
	socket.write(head);
	if (way === "early") {
		socket.destroy();
		await closed;
		return;
	}
	await once(socket, "data");
	if (way === "refused") {
		socket.destroy();
		await closed;
		return;
	}
	socket.write(frame(text, `hello ${index}`));
	await once(socket, "data"); // by the channel
	if (way === "close") {
		socket.write(frame(closing, closePayload(1000)));
	} else if (way === "end") {
		socket.end();
	} else {
		socket.resetAndDestroy();
	}
	socket.resume();
	await closed;
}

test("sockets that come and go, in each way, leave nothing behind", {
	timeout: 600_000,
}, async () => {
	await using program = new Program("leaving-sockets.ts");
	const port = await program.listens();
	const state = async (): Promise<State> => {
		const response = await fetch(`http://127.0.0.1:${port}/state`, {
			headers: { connection: "close" },
		});
		return (await response.json()) as State;
	};
	let next = 0;
	const upTo = async (end: number): Promise<State> => {
		await Promise.all(
			Array.from({ length: atATime }, async () => {
				while (next < end) {
					await comeAndGo(port, next++);
				}
			}),
		);
		let reached = await state();
		await until(async () => {
			reached = await state();
			return reached.sockets === 0 && reached.begun === reached.ended;
		});
		return reached;
	};
	const warm = await upTo(2_000);
	const after = await upTo(2_000 + total);
	const bytesEach = (after.heapBytes - warm.heapBytes) / total;
	const opened = after.begun - warm.begun;
	console.log(
		`${total} came and went, ${opened} of them were open: ${bytesEach.toFixed(1)} bytes of the heap each`,
	);
	assert.ok(opened >= (total * 3) / 5);
	assert.ok(bytesEach < mostBytesEach, `${bytesEach} bytes are left of each`);
});
