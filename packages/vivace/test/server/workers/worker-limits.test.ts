import assert from "node:assert/strict";
import { existsSync, mkdtempDisposableSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Crowd } from "../crowd.ts";
import { Program } from "../program.ts";
import { RawClient } from "../raw-client.ts";
import { certificate, getSecurely } from "../tls-files.ts";

/** An app with workers, see `fixtures/shop.ts`. */
function shop(options: object): Program {
	return new Program("shop.ts", JSON.stringify({ workers: 2, ...options }));
}

/** The body of an answer on a Unix socket. */
function get(socketPath: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const sent = request({ socketPath, path: "/", agent: false });
		sent.on("error", reject);
		sent.on("response", (answer) => {
			answer.setEncoding("utf8").on("data", resolve);
		});
		sent.end();
	});
}

for (const keepAlive of [true, false]) {
	const how = keepAlive ? "keep their connections" : "connect for each request";
	test(`workers that have answered enough are replaced, and clients that ${how} lose nothing`, async () => {
		await using program = shop({ workerLimits: { requests: 200 } });
		const crowd = new Crowd(await program.listens(), { keepAlive, size: 16 });
		await program.writes(
			/(is replaced: it has answered \d{3,} requests[\s\S]*){4}/,
		);
		program.kill("SIGTERM");
		assert.equal(await program.ended, 0);
		await crowd.over();
		assert.ok(crowd.written.length > 800);
		// one that was being connected when the port closed at the end is the network's
		assert.ok(crowd.failed.length <= (keepAlive ? 0 : 1), `${crowd.failed}`);
		assert.doesNotMatch(program.output, /died|used after|could not/);
	});
}

test("a worker is replaced when it has served for long enough", async () => {
	await using program = shop({
		workers: 1,
		workerLimits: { ageMs: 300, jitter: 1 },
	});
	await program.listens();
	await program.writes(
		/worker 0 \(process \d+\) is replaced: it has served for \d s\n[\s\S]*acquiring 0 of 1/,
	);
	await program.writes(/released 0 in \d+/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("a worker that can't be replaced goes on, and the log says why", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-broken-"));
	const broken = join(folder.path, "broken");
	await using program = shop({
		workers: 1,
		broken,
		workerLimits: { requests: 1 },
	});
	const port = await program.listens();
	const { writeFileSync } = await import("node:fs");
	writeFileSync(broken, "");
	await using client = await RawClient.open(port);
	client.request("/");
	await client.receive("}");
	await program.writes(
		/a new worker could not start, worker 0 \(process \d+\) goes on: .*the new version has a mistake/,
	);
	await using other = await RawClient.open(port);
	other.request("/");
	await other.receive("200 OK");
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("a worker whose event loop is blocked for too long is killed and replaced", async () => {
	await using program = shop({ workers: 1, workerLimits: { blockedMs: 400 } });
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/blocks");
	await program.writes(
		/worker 0 \(process \d+\) died: its event loop was blocked for 0\.4 s \(workerLimits\.blockedMs\), and it was killed; another is started now/,
	);
	await program.writes(/worker 0 \(process \d+\) serves/);
	await using other = await RawClient.open(port);
	other.request("/");
	await other.receive("200 OK");
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("wrong limits of workers end the program with 1 and one line", async () => {
	await using program = shop({ workerLimits: { jitter: 2 } });
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/^VIV_OPTION: serve: workerLimits: jitter must be a number from 0 to 1, got 2\.(?: \(\S+shop\.ts:\d+\))?\n$/,
	);
	await using alone = new Program(
		"shop.ts",
		JSON.stringify({ workerLimits: { requests: 1 } }),
	);
	assert.equal(await alone.ended, 1);
	assert.match(alone.output, /"workerLimits" is for workers; give "workers"/);
});

test("workers serve a Unix socket, which is removed at the stop", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "viv-"));
	const socketPath = join(folder.path, "shop.sock");
	await using program = new Program(
		"shop.ts",
		JSON.stringify({ workers: 2, socketPath }),
	);
	await program.writes(/listening on unix:\S+\/shop\.sock with 2 workers/);
	const pids = new Set([await get(socketPath), await get(socketPath)]);
	assert.equal(pids.size, 2);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.ok(!existsSync(socketPath));
});

test("workers encrypt what the first process accepts", async () => {
	await using program = shop({ tls: certificate("first") });
	const [, url = ""] = await program.writes(
		/listening on (https:\S+) with 2 workers/,
	);
	const [one, other] = [await getSecurely(url), await getSecurely(url)];
	assert.equal(one.name, "first");
	assert.notEqual(one.body, other.body);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

for (const workers of [undefined, 2]) {
	const who = workers === undefined ? "one process" : "workers";
	test(`a socket that systemd passes on is served by ${who}, and outlives them`, async () => {
		const server = createServer();
		await new Promise<void>((resolve) =>
			server.listen(0, "127.0.0.1", resolve),
		);
		const { port } = server.address() as { port: number };
		const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
		const start = () =>
			new Program(
				{
					file: "shop.ts",
					under: ["/bin/sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"'],
					descriptor: fd,
				},
				JSON.stringify({ port: undefined, workers, fd: "systemd" }),
			);
		await using first = start();
		await using second = start();
		server.close(); // the two have it now
		assert.equal(await first.listens(), port);
		assert.equal(await second.listens(), port);
		const crowd = new Crowd(port, { keepAlive: false, size: 8 });
		await crowd.writes(100);
		first.kill("SIGTERM");
		assert.equal(await first.ended, 0);
		await crowd.writes(100);
		assert.deepEqual(crowd.failed, []);
		second.kill("SIGTERM");
		assert.equal(await second.ended, 0);
		await crowd.over();
		assert.doesNotMatch(first.output + second.output, /LISTEN_FDS/);
	});
}

test("a socket that was passed to another process is not taken", async () => {
	await using program = new Program(
		{
			file: "program.ts",
			under: ["/usr/bin/env", "LISTEN_FDS=1", "LISTEN_PID=1"],
		},
		"passed on",
	);
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/VIV_LISTEN: serve: "fd" is "systemd", and the socket was passed to process 1, not to this one \(\d+\); let ExecStart= start the program itself/,
	);
});
