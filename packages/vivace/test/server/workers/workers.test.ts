import assert from "node:assert/strict";
import cluster from "node:cluster";
import { once } from "node:events";
import { mkdtempDisposableSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
	isWorkerMessage,
	type MessageToPrimary,
	type MessageToWorker,
	workerVariable,
} from "../../../src/server/workers/worker-message.ts";
import { Program } from "../program.ts";
import { RawClient } from "../raw-client.ts";

/** An app with workers, see `fixtures/shop.ts`. */
function shop(options: object = {}): Program {
	return new Program("shop.ts", JSON.stringify({ workers: 2, ...options }));
}

/** True where each worker accepts connections itself: the system spreads them by chance. */
const isByChance = "Bun" in globalThis && process.platform === "linux";

/** The process that answers on a connection of its own. */
async function answeringPid(port: number): Promise<number> {
	await using client = await RawClient.open(port);
	client.request("/", "connection: close");
	const [, pid] = /"pid":(\d+)/.exec(await client.receive("}")) ?? [];
	return Number(pid);
}

/** The processes that have started as worker `id`, the latest last. */
function pidsOf(program: Program, id: number): number[] {
	const starts = program.output.matchAll(
		new RegExp(`acquiring ${id} of \\d+ in (\\d+)`, "g"),
	);
	return Array.from(starts, ([, pid]) => Number(pid));
}

test("each worker has a lifespan of its own, knows its number, and gets its turn", async () => {
	await using program = shop({ workers: 3 });
	const port = await program.listens();
	const pids = new Set<number>();
	for (let turn = 0; turn < 3 || (isByChance && pids.size < 3); turn++) {
		pids.add(await answeringPid(port));
	}
	assert.deepEqual(
		[0, 1, 2].flatMap((id) => pidsOf(program, id)).sort(),
		[...pids].sort(),
	);
	assert.match(program.output, /with 3 workers \(documentation: \/docs\)\n$/);
});

test("SIGTERM drains all workers, and the process ends with 0 after the last", async () => {
	await using program = shop();
	const port = await program.listens();
	await using first = await RawClient.open(port);
	await using second = await RawClient.open(port);
	first.request("/slow");
	second.request("/slow");
	await program.writes(/slow begins[\s\S]*slow begins/);
	program.kill("SIGTERM");
	await first.receive("answered");
	await second.receive("answered");
	assert.equal(await program.ended, 0);
	assert.match(
		program.output,
		/Vivace is stopping \(SIGTERM\)\n(released \d in \d+\n){2}Vivace has stopped\n$/,
	);
	assert.doesNotMatch(program.output, /used after/);
});

test("a signal that a terminal sends to the whole group counts once", async () => {
	await using program = shop();
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/slow");
	await program.writes(/slow begins/);
	for (const id of [0, 1]) {
		process.kill(pidsOf(program, id)[0] ?? 0, "SIGINT");
	}
	program.kill("SIGINT");
	await client.receive("answered");
	assert.equal(await program.ended, 0);
});

test("when one worker does not stop cleanly, the process ends with 1", async () => {
	await using program = shop({ release: "throws" });
	await program.listens();
	program.kill("SIGTERM");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/worker 1: .*the store is on fire\n[\s\S]*worker 1 \(process \d+\) did not stop cleanly: exit code 1\n[\s\S]*Vivace has stopped, not cleanly\n$/,
	);
});

test("a second signal cuts the requests of all workers, and they release", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.request("/never");
	await program.writes(/never begins/);
	program.kill("SIGTERM");
	await program.writes(/stopping/);
	await program.insist("SIGTERM", /after the second signal/);
	assert.equal(await program.ended, 1);
	assert.equal(program.output.match(/released \d/g)?.length, 2);
	assert.match(
		program.output,
		/worker \d: 1 request was cut off after the second signal: GET \/never \(ran \S+ s\)/,
	);
});

test("a worker that dies is replaced, and its connections wait meanwhile", async () => {
	await using program = shop({ workers: 1 });
	const port = await program.listens();
	const before = await answeringPid(port);
	process.kill(before, "SIGKILL");
	await program.writes(/died/);
	const after = await answeringPid(port);
	assert.notEqual(after, before);
	await program.writes(
		new RegExp(
			`worker 0 \\(process ${before}\\) died: killed by SIGKILL; another is started now\n[\\s\\S]*worker 0 \\(process ${after}\\) serves\n`,
		),
	);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("a worker that is told to stop is drained and replaced", async () => {
	await using program = shop({ workers: 1 });
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/slow");
	await program.writes(/slow begins/);
	const before = pidsOf(program, 0)[0] ?? 0;
	process.kill(before, "SIGTERM");
	await client.receive("answered");
	await program.writes(
		/stops \(SIGTERM\); another takes its place\n[\s\S]*serves/,
	);
	assert.notEqual(await answeringPid(port), before);
	await program.writes(new RegExp(`released 0 in ${before}`));
});

test("a worker that can't start ends the program with 1 and the reason", async () => {
	await using program = shop({ broken: import.meta.filename });
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/\nVIV_LIFESPAN: "store" could not be acquired: the new version has a mistake [^\n]*\n$/,
	);
	assert.doesNotMatch(program.output, /listening/);
});

test("workers that die again and again are given up", async () => {
	await using program = shop({
		workers: 1,
		dies: { worker: 0, afterMs: 20 },
	});
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/died: exit code 7; another is started in 0\.4 s\n[\s\S]*died: exit code 7; that was the 5th failure in a row and no other worker serves\nVivace has stopped, not cleanly\n$/,
	);
});

test("while another worker serves, those that die are started again and again", async () => {
	await using program = shop({ dies: { worker: 1, afterMs: 1 } });
	const port = await program.listens();
	await program.writes(/another is started in 1\.6 s/);
	assert.equal(await answeringPid(port), pidsOf(program, 0)[0]);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("SIGTERM while the workers start gives that up, and the process ends with 1", async () => {
	await using program = shop({ startMs: 600_000 });
	await program.writes(/acquiring[\s\S]*acquiring/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/\nVivace was told to stop \(SIGTERM\) while it was starting[^\n]*\n$/,
	);
});

test("a port in use ends the program with 1, after every worker has released", async () => {
	const server = createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address() as { port: number };
	try {
		await using program = shop({ port });
		assert.equal(await program.ended, 1);
		assert.equal(program.output.match(/released \d/g)?.length, 2);
		assert.match(
			program.output,
			new RegExp(`VIV_LISTEN: port ${port} on 127.0.0.1 is already in use`),
		);
	} finally {
		server.close();
	}
});

test("workers whose primary process is killed release and end", async () => {
	await using program = shop();
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/slow");
	await program.writes(/slow begins/);
	program.kill("SIGKILL");
	await client.receive("answered");
	// the output ends when the last process that writes to it has ended
	assert.equal(await program.ended, "SIGKILL");
	assert.equal(program.output.match(/released \d/g)?.length, 2);
});

test("a worker whose event loop is blocked is killed when its time is over", async () => {
	await using program = shop({ gracePeriodMs: 300 });
	await using client = await RawClient.open(await program.listens());
	client.request("/blocks");
	await program.writes(/blocks begins/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/worker \d \(process \d+\) did not stop cleanly: did not end within 5\.3 s and was killed/,
	);
});

test("SIGHUP replaces the workers, and each old one finishes what it has begun", async () => {
	await using program = shop();
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/slow");
	await program.writes(/slow begins/);
	program.kill("SIGHUP");
	await client.receive("answered");
	await program.writes(/has replaced its workers/);
	const current = [0, 1].map((id) => pidsOf(program, id).at(-1));
	assert.ok(current.includes(await answeringPid(port)));
	assert.ok(current.includes(await answeringPid(port)));
	await program.writes(/released \d[\s\S]*released \d/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.equal(program.output.match(/released \d/g)?.length, 4);
});

test("a stop is heard by a worker whose program has only begun", {
	timeout: 60_000, // without it the worker would be killed after a minute and a half
}, async () => {
	await using program = shop({ workers: 1 });
	await program.listens();
	program.kill("SIGHUP");
	await program.writes(/replaces its workers/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.match(
		program.output,
		/released 0 in \d+\n[\s\S]*Vivace has stopped\n$/,
	);
});

test("a new version that can't start leaves the old workers serving, and says so", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-"));
	const broken = join(folder.path, "broken");
	await using program = shop({ broken });
	const port = await program.listens();
	writeFileSync(broken, "");
	program.kill("SIGHUP");
	await program.writes(
		/a new worker could not start, the others go on: VIV_LIFESPAN: "store" could not be acquired: the new version has a mistake/,
	);
	const old = [0, 1].map((id) => pidsOf(program, id)[0]);
	assert.ok(old.includes(await answeringPid(port)));
	rmSync(broken);
	program.kill("SIGHUP");
	await program.writes(/has replaced its workers/);
	assert.ok(!old.includes(await answeringPid(port)));
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
});

test("a worker answers a client that is too slow with 408", async () => {
	await using program = shop({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
	await using slow = await RawClient.open(await program.listens());
	slow.send("GET / HTTP/1.1", "host: te");
	await slow.receive("408");
});

test("a worker closes connections beyond the limit", async () => {
	await using program = shop({ workers: 1, maxConnections: 1 });
	const port = await program.listens();
	await using first = await RawClient.open(port);
	first.request("/");
	await first.receive("pid");
	await using second = await RawClient.open(port);
	await second.closed;
	first.request("/slow");
	await first.receive("answered");
});

test("a wrong number of workers ends the program with 1 and one line", async () => {
	await using program = shop({ workers: 0 });
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/^VIV_OPTION: serve: "workers" must be a whole number from 1 to 512, not 0 \(\S+shop\.ts:\d+\)\n$/,
	);
});

test("a worker with an uncaught error finishes what it has, releases, and is replaced", async () => {
	await using program = shop();
	const port = await program.listens();
	await using slow = await RawClient.open(port);
	await using other = await RawClient.open(port);
	slow.request("/slow");
	other.request("/slow");
	await program.writes(/slow begins[\s\S]*slow begins/);
	await using failing = await RawClient.open(port);
	failing.request("/throws");
	await failing.receive("answered");
	await slow.receive("answered");
	const [, id = "", pid] = await program.writes(
		/worker (\d) \(process (\d+)\) stops \(an uncaught error\); another is started now/,
	);
	await program.writes(new RegExp(`released ${id} in ${pid}`));
	await program.writes(/worker \d \(process \d+\) serves/);
	await other.receive("answered");
	await program.writes(/did not stop cleanly: exit code 1/);
	assert.match(
		program.output,
		new RegExp(
			`worker ${id}: an uncaught error in the process; Vivace stops and ends with 1 [\\s\\S]*?[Ee]rror: a timer failed`,
		),
	);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0, program.output);
});

test("a worker that is told to stop in the breath in which it is told to listen ends well", async () => {
	cluster.setupPrimary({
		exec: join(import.meta.dirname, "../fixtures/shop.ts"),
		args: ["{}"],
		silent: true,
	});
	const worker = cluster.fork({ [workerVariable]: "0/1" });
	const ended = once(worker, "exit");
	const ready = Promise.withResolvers<void>();
	worker.on("message", (message: unknown) => {
		if (
			isWorkerMessage<MessageToPrimary>(message) &&
			message.vivace === "ready"
		) {
			ready.resolve();
		}
	});
	await ready.promise;
	const address = { address: "127.0.0.1", family: "IPv4", port: 1 };
	const orders: readonly MessageToWorker[] = [
		{ vivace: "listening", address },
		{ vivace: "drain", farewellMs: 0 },
		{ vivace: "last" },
	];
	for (const order of orders) {
		worker.send(order);
	}
	assert.deepEqual(await ended, [0, null]);
});

test("workers that fail again and again are not replaced for ever", async () => {
	await using program = shop({ workers: 1, throws: true });
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/that was the 5th failure in a row and no other worker serves/,
	);
});

test("an uncaught error in the first process stops all workers, which release, and ends with 1", async () => {
	await using program = shop();
	await program.listens();
	program.kill("SIGUSR2");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/an uncaught error in the first process; Vivace stops and ends with 1 [\s\S]*?[Ee]rror: a timer failed[\s\S]*(released \d in \d+\n){2}Vivace has stopped, not cleanly\n$/,
	);
});
