import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { bunRuntime } from "../../../src/server/bun/bun-runtime.ts";
import { Program } from "../program.ts";
import { RawClient } from "../raw-client.ts";

/** An app with workers, see `fixtures/shop.ts`. */
function shop(options: object = {}): Program {
	return new Program("shop.ts", JSON.stringify({ workers: 2, ...options }));
}

/** How an attempt to connect ended. */
async function knock(port: number): Promise<string | undefined> {
	const socket = connect(port, "127.0.0.1");
	try {
		await once(socket, "connect");
		return undefined;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code; // of the system
	} finally {
		socket.destroy();
	}
}

// elsewhere workers are handed connections
if (bunRuntime() !== undefined && process.platform === "linux") {
	test("what waits for a worker that is killed is answered by the next", async () => {
		await using program = shop({
			workers: 1,
			workerLimits: { blockedMs: 800 },
		});
		const port = await program.listens();
		await using blocking = await RawClient.open(port);
		blocking.request("/blocks");
		await program.writes(/blocks begins/);
		await using waiting = await RawClient.open(port);
		waiting.request("/");
		await waiting.receive("200 OK");
		assert.match(program.output, /died: its event loop was blocked/);
		await blocking.closed; // its request was being answered
		assert.equal(blocking.received, "");
		program.kill("SIGTERM");
		assert.equal(await program.ended, 0);
	});

	test("a worker that computes is replaced, and what is new goes to the next", async () => {
		await using program = shop({ workers: 1 });
		const port = await program.listens();
		const [, pid] = await program.writes(/acquiring 0 of 1 in (\d+)/);
		await using blocking = await RawClient.open(port);
		blocking.request("/blocks");
		await program.writes(/blocks begins/);
		program.kill("SIGHUP");
		await program.writes(/has replaced its workers/);
		for (let turn = 0; turn < 8; turn++) {
			await using client = await RawClient.open(port);
			client.request("/");
			await client.receive("200 OK");
		}
		process.kill(Number(pid), "SIGKILL");
		await program.writes(/did not stop cleanly: killed by SIGKILL/);
		program.kill("SIGTERM");
		assert.equal(await program.ended, 0);
	});

	test("the port is free again when the first process was killed, also while workers still answer", async () => {
		const program = shop();
		const port = await program.listens();
		await using client = await RawClient.open(port);
		client.send(
			"POST /upload HTTP/1.1",
			"host: a",
			"content-length: 4",
			"",
			"ab",
		);
		await program.writes(/upload begins/);
		program.kill("SIGKILL");
		while ((await knock(port)) !== "ECONNREFUSED") {
			// the workers have yet to notice it
		}
		await using next = shop({ port });
		assert.equal(await next.listens(), port);
		client.send("cd");
		await client.receive("received 4");
		assert.equal(await program.ended, "SIGKILL");
		next.kill("SIGTERM");
		assert.equal(await next.ended, 0);
	});

	test("workers serve every address of both versions", async () => {
		await using program = shop({ host: "::" });
		const [, port] = await program.writes(/listening on http:\S+:(\d+)/);
		for (const host of ["127.0.0.1", "::1"]) {
			const client = connect(Number(port), host);
			client.end("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
			const [answer] = await once(client, "data");
			assert.match(String(answer), /^HTTP\/1.1 200/);
		}
		program.kill("SIGTERM");
		assert.equal(await program.ended, 0);
	});

	test("the first process tells why workers are handed connections", async () => {
		await using program = shop({ engine: "node" });
		const port = await program.listens();
		assert.equal(
			program.output.match(
				/Vivace serves by Bun's node:http, not by Bun\.serve: "engine" says so\n/g,
			)?.length,
			1,
		);
		await using client = await RawClient.open(port);
		client.request("/");
		await client.receive("200 OK");
		program.kill("SIGTERM");
		assert.equal(await program.ended, 0);
	});

	test("workers that want another server than the first process end the program with 1", async () => {
		await using program = shop({ workerOptions: { maxConnections: 5 } });
		assert.equal(await program.ended, 1);
		assert.match(
			program.output,
			/VIV_OPTION: serve: this worker can't be served as the first process has it: it keeps the option "maxConnections"; build the same app with the same options in all processes, or give "engine": "node"/,
		);
	});

	test("a host without an address ends the program before workers start", async () => {
		await using program = shop({ host: "no-such-host.invalid" });
		assert.equal(await program.ended, 1);
		assert.match(
			program.output,
			/^VIV_LISTEN: the host name "no-such-host\.invalid" (?:has no address|could not be looked up)/,
		);
	});
}
