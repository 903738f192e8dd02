import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Program } from "../program.ts";
import { RawClient } from "../raw-client.ts";

/** An app in a process of its own, see `fixtures/shop.ts`. */
function shop(options: object = {}): Program {
	return new Program("shop.ts", JSON.stringify(options));
}

/** Asserts that a program ends with a code, and that nothing was used after its release. */
async function endsCleanly(program: Program, code = 0): Promise<void> {
	assert.equal(await program.ended, code, program.output);
	assert.doesNotMatch(program.output, /used after/);
}

/** Resolves when nobody accepts connections any more. */
async function refused(port: number): Promise<void> {
	for (;;) {
		try {
			await using client = await RawClient.open(port);
			await Promise.race([client.closed, turn()]);
		} catch {
			return;
		}
	}
}

test("a slow request is answered before the store is released", async () => {
	await using program = shop();
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.send("POST /upload HTTP/1.1", "host: test", "content-length: 3", "");
	client.send("", "");
	await program.writes(/upload begins/);
	program.kill("SIGTERM");
	await refused(port);
	client.send("abc");
	await client.receive("received 3");
	assert.match(client.received, /connection: close/i);
	await endsCleanly(program);
	assert.match(
		program.output,
		/stopping.*\nupload ends\nits task ends\nreleased.*\nVivace has stopped\n$/,
	);
});

test("connections that are kept alive do not hold the process, idle or busy", async () => {
	await using program = shop();
	const port = await program.listens();
	await using idle = await RawClient.open(port);
	idle.request("/");
	await idle.receive("pid");
	await using busy = await RawClient.open(port);
	busy.request("/");
	await busy.receive("pid");
	busy.request("/slow");
	await program.writes(/slow begins/);
	program.kill("SIGTERM");
	await busy.receive("answered");
	assert.equal(await busy.closed, undefined);
	assert.equal(await idle.closed, undefined);
	await endsCleanly(program);
});

for (const kind of ["ticking", "idle"]) {
	test(`a stream of events that is ${kind} is told, and left before the store is released`, async () => {
		await using program = shop();
		await using client = await RawClient.open(await program.listens());
		client.request(`/events/${kind}`);
		await client.receive('"data":0');
		program.kill("SIGTERM");
		await endsCleanly(program);
		assert.match(program.output, /events end \(shutdown\)\nreleased/);
		assert.match(client.received, /\r\n0\r\n\r\n$/);
	});
}

test("a large download to a slow client is complete", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.request("/download");
	await client.receive("\r\n\r\n");
	client.socket.pause();
	program.kill("SIGTERM");
	await program.writes(/stopping/);
	assert.doesNotMatch(program.output, /download sent/);
	client.socket.resume();
	await client.closed;
	assert.match(client.received, /\r\n0\r\n\r\n$/);
	assert.equal(client.received.match(/x/g)?.length, 30_000_000);
	await endsCleanly(program);
	assert.match(program.output, /download sent\nreleased/);
});

test("a body that is still arriving is read to its end", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.send(
		"POST /upload HTTP/1.1",
		"host: test",
		"content-length: 6",
		"",
		"abc",
	);
	await program.writes(/upload begins/);
	program.kill("SIGTERM");
	await program.writes(/stopping/);
	client.send("def");
	await client.receive("received 6");
	await endsCleanly(program);
});

test("a background task is finished before the store is released", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.send("POST /task HTTP/1.1", "host: test", "content-length: 0", "", "");
	await client.receive("later");
	await program.writes(/task begins/);
	program.kill("SIGTERM");
	await endsCleanly(program);
	assert.match(program.output, /task ends\nreleased/);
});

test("a dependency whose exit awaits is left before the store is released", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.request("/session");
	await client.receive("answered");
	program.kill("SIGTERM");
	await endsCleanly(program);
	assert.match(program.output, /session left\nreleased/);
});

test("a release that throws is named, and the process ends with 1", async () => {
	await using program = shop({ release: "throws" });
	await program.listens();
	program.kill("SIGTERM");
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/not cleanly; VIV_LIFESPAN: "store" could not be released: the store is on fire\n$/,
	);
});

test("a release that never returns is abandoned at its own limit, and named", async () => {
	await using program = shop({
		release: "hangs",
		store: { shutdownTimeoutMs: 50 },
	});
	await program.listens();
	program.kill("SIGTERM");
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/"store" was not released within 50 ms \(shutdownTimeoutMs\) and was abandoned/,
	);
});

test("a signal during the start gives it up, and the process ends with 1", async () => {
	await using program = shop({ startMs: 600_000 });
	await program.writes(/acquiring/);
	program.kill("SIGTERM");
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/Vivace was told to stop \(SIGTERM\) while it was starting\n$/,
	);
});

test("a second signal cuts requests, and the store is released", async () => {
	await using program = shop();
	await using client = await RawClient.open(await program.listens());
	client.request("/never");
	await program.writes(/never begins/);
	program.kill("SIGTERM");
	await program.writes(/stopping/);
	await program.insist("SIGTERM", /after the second signal/);
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/1 request was cut off after the second signal: GET \/never \(ran \S+ s\)\n.*\nreleased/s,
	);
});

test("the steps of stopping come in order: readiness, delay, port, requests, tasks, resources", async () => {
	await using program = shop({ drainDelayMs: 500 });
	const port = await program.listens();
	program.kill("SIGTERM");
	await program.writes(/stopping/);
	await using probe = await RawClient.open(port);
	probe.request("/readyz");
	await probe.receive('"stopping"');
	assert.match(probe.received, /^HTTP\/1\.1 503 /);
	assert.match(probe.received, /connection: close/i);
	await using client = await RawClient.open(port);
	// it comes while the delay lasts, and goes on after it
	client.send(
		"POST /upload HTTP/1.1",
		"host: test",
		"content-length: 6",
		"",
		"abc",
	);
	await program.writes(/upload begins/);
	await refused(port);
	client.send("def");
	await client.receive("received 6");
	await endsCleanly(program);
	assert.match(
		program.output,
		/stopping \(SIGTERM\)\nupload begins\nupload ends\nits task ends\nreleased.*\nVivace has stopped\n$/,
	);
});

test("when the grace period is nearly over, requests are cut and the store is released", async () => {
	await using program = shop({ gracePeriodMs: 1000 });
	await using client = await RawClient.open(await program.listens());
	client.request("/never");
	await program.writes(/never begins/);
	program.kill("SIGTERM");
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/1 request was cut off when gracePeriodMs was nearly over: GET \/never \(ran \S+ s\)\n.*released/s,
	);
});

test("a process that hangs all the same is ended, and the log says in what", async () => {
	await using program = shop({
		release: "hangs",
		stopTimeoutMs: 0,
		gracePeriodMs: 2000,
		store: { shutdownTimeoutMs: 600_000 },
	});
	await program.listens();
	program.kill("SIGTERM");
	await endsCleanly(program, 1);
	assert.match(
		program.output,
		/Vivace ends the process: it has not stopped within 2 s; it hangs in releasing "store"\n$/,
	);
});

test("a process whose event loop is blocked while it stops is killed, and the log says where", async () => {
	await using program = shop({ release: "blocks", gracePeriodMs: 2000 });
	await program.listens();
	program.kill("SIGTERM");
	assert.equal(await program.ended, "SIGKILL");
	assert.match(
		program.output,
		/it hangs in releasing "store"; its event loop is blocked, at\n {4}at store \(.*shop\.ts:\d+:\d+\)/,
	);
});
