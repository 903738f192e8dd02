import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "../program.ts";
import {
	closePayload,
	closing,
	frame,
	RawSocket,
	text,
} from "../raw-socket.ts";

test("workers have sockets: counted together, told of a stop, and nothing is released under them", async () => {
	await using program = new Program("sockets.ts", "{}");
	const port = await program.listens();
	await using first = await RawSocket.open(port, "/");
	await using second = await RawSocket.open(port, "/");
	for (const client of [first, second]) {
		client.send(frame(text, "a"));
		assert.equal(await client.nextText(), "a");
	}
	await program.writes(/^sockets 2$/m);
	program.kill("SIGTERM");
	for (const client of [first, second]) {
		assert.equal(await client.closeCode(), 1012);
		client.send(frame(closing, closePayload(1012)));
	}
	assert.equal(await program.ended, 0);
	const lines = program.output.split("\n");
	const ends = lines.filter((line) => line.startsWith("handler ends"));
	assert.deepEqual(ends, [
		"handler ends, pool true",
		"handler ends, pool true",
	]);
	assert.equal(lines.filter((line) => line === "pool released").length, 2);
});
