import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { startServer, text } from "../port-app.ts";
import { Program } from "../program.ts";
import { RawClient } from "../raw-client.ts";

/** Longer than the time in which a second signal counts as an echo of the first. */
const afterEchoMs = 400;

/** Runs a command without the rights of the user who is allowed everything. */
const asNobody = [
	"setpriv",
	"--reuid=65534",
	"--regid=65534",
	"--clear-groups",
];

for (const signal of ["SIGTERM", "SIGINT"] as const) {
	test(`${signal} lets a request finish, releases, and ends the process with 0`, async () => {
		await using program = new Program("program.ts", "plain");
		await using client = await RawClient.open(await program.listens());
		client.request("/slow");
		await program.writes(/request \/slow/);
		program.kill(signal);
		await client.receive("answered");
		assert.equal(await program.ended, 0);
		assert.match(
			program.output,
			new RegExp(
				`is stopping \\(${signal}\\)\nreleased\nVivace has stopped\n$`,
			),
		);
	});
}

test("an idle connection and an idle stream of events do not hold the process", async () => {
	await using program = new Program("program.ts", "plain");
	const port = await program.listens();
	await using idle = await RawClient.open(port);
	idle.request("/");
	await idle.receive("answered");
	await using events = await RawClient.open(port);
	events.request("/events");
	await events.receive("first");
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.match(program.output, /released\n/);
	assert.match(events.received, /\r\n0\r\n\r\n$/);
});

test("a signal that npm hands on as well counts once, however long its stop takes to begin", async () => {
	await using program = new Program("program.ts", "plain");
	await using client = await RawClient.open(await program.listens());
	client.request("/slow");
	await program.writes(/request \/slow/);
	program.kill("SIGINT");
	program.kill("SIGTERM"); // two of one name could come as one
	await client.receive("answered");
	assert.equal(await program.ended, 0);
});

test("a second signal cuts requests, and still releases", async () => {
	await using program = new Program("program.ts", "plain");
	await using client = await RawClient.open(await program.listens());
	client.request("/never");
	await program.writes(/request \/never/);
	program.kill("SIGTERM");
	await program.writes(/is stopping/);
	await program.insist("SIGTERM", /after the second signal/);
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/1 request was cut off after the second signal: GET \/never \(ran \S+ s\)\n(1 request was still running .*\n)?released\n/,
	);
	assert.equal(client.received, "");
});

test("a second signal bounds a release that hangs", async () => {
	await using program = new Program("program.ts", "release hangs long");
	await program.listens();
	program.kill("SIGTERM");
	await program.writes(/releasing/);
	await program.insist("SIGTERM", /after the second signal/);
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/resources were still being released after the second signal/,
	);
});

const failing: readonly (readonly [string, RegExp])[] = [
	[
		"release fails",
		/has stopped, not cleanly; VIV_LIFESPAN: "pool" could not be released: gone\n$/,
	],
	["release hangs", /resources were still being released after 0\.05 s/],
	["tasks hang", /still running after 0\.05 s\nreleased\n/],
];

for (const [name, expected] of failing) {
	test(`when ${name}, the process ends with 1 and says so`, async () => {
		await using program = new Program("program.ts", name);
		await program.listens();
		program.kill("SIGTERM");
		assert.equal(await program.ended, 1);
		assert.match(program.output, expected);
	});
}

test("clients that connect for each request are answered or refused, not reset", async () => {
	// the handshakes that are under way when the socket closes can't be saved: none or a few, and on a busy machine at times more
	const counts = [await countResets()];
	while (counts.length < 5 && !isMostlyBelow(counts, 16)) {
		counts.push(await countResets());
	}
	assert.ok(isMostlyBelow(counts, 16), `${counts} of 64 were reset`);
});

function isMostlyBelow(counts: readonly number[], limit: number): boolean {
	const below = counts.filter((count) => count < limit);
	return 2 * below.length > counts.length;
}

/** How many of 64 clients, each with a connection for each request, are reset when the process is told to stop. */
async function countResets(): Promise<number> {
	await using program = new Program("program.ts", "plain");
	const port = await program.listens();
	const counts = { answered: 0, refused: 0, reset: 0 };
	const warm = Promise.withResolvers<void>();
	const once = () =>
		new Promise<boolean>((resolve) => {
			const request = get({ host: "127.0.0.1", port, agent: false }, (answer) =>
				answer.resume().on("end", () => {
					if (++counts.answered === 500) {
						warm.resolve();
					}
					resolve(true);
				}),
			);
			request.on("error", (error: NodeJS.ErrnoException) => {
				if (error.code === "ECONNREFUSED") {
					counts.refused++;
				} else {
					counts.reset++;
				}
				resolve(false);
			});
		});
	const clients = Array.from({ length: 64 }, async () => {
		while (await once()) {}
	});
	await warm.promise;
	program.kill("SIGTERM");
	await Promise.all(clients);
	assert.equal(await program.ended, 0);
	return counts.reset;
}

test("a timer that was left does not keep the process", async () => {
	await using program = new Program("program.ts", "timer is left");
	await program.listens();
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.match(
		program.output,
		/has stopped\nVivace ends the process, which was kept alive by Timeout\n$/,
	);
});

test("a signal stops every server of a process before the process ends", async () => {
	await using program = new Program("program.ts", "two servers");
	await program.writes(/listening.*\n.*listening/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0);
	assert.match(program.output, /second released\nVivace has stopped\n$/);
});

test("a signal during the start gives it up, and the process ends with 1", async () => {
	await using program = new Program("program.ts", "start is slow");
	await program.writes(/starting/);
	program.kill("SIGTERM");
	assert.equal(await program.ended, 1);
	assert.equal(
		program.output,
		"starting\ngives back\nVivace was told to stop (SIGTERM) while it was starting\n",
	);
});

test("a second signal ends a start that does not listen", async () => {
	await using program = new Program("program.ts", "start is deaf");
	await program.writes(/starting/);
	program.kill("SIGTERM");
	await wait(afterEchoMs); // not a wait for an event: the time is what is tested
	program.kill("SIGTERM");
	assert.equal(await program.ended, 1);
});

test("a resource that can't be acquired ends the process with 1 and one line", async () => {
	await using program = new Program("program.ts", "start fails");
	assert.equal(await program.ended, 1);
	assert.equal(
		program.output,
		'VIV_LIFESPAN: "pool" could not be acquired: connect ECONNREFUSED 127.0.0.1:3306\n',
	);
});

test("a mistake in the start is shown with the place where it was made", async () => {
	await using program = new Program("program.ts", "start has a bug");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/^(Cannot read properties of undefined|undefined is not an object).*\n.*program\.ts:\d+/s,
	);
});

test("a port in use ends the process with 1 and one line", async () => {
	await using server = await startServer(() => text("first"));
	await using program = new Program(
		"program.ts",
		"port in use",
		`${server.port}`,
	);
	assert.equal(await program.ended, 1);
	assert.equal(
		program.output,
		`released\nVIV_LISTEN: port ${server.port} on 127.0.0.1 is already in use; stop the program that has it, or choose another port (0 takes a free one)\n`,
	);
});

test("a port that needs more rights ends the process with 1 and one line", {
	skip: whyPortsAreFree(),
}, async () => {
	const under = process.getuid?.() === 0 ? asNobody : [];
	await using program = new Program(
		{ file: "program.ts", under },
		"no permission",
	);
	assert.equal(await program.ended, 1);
	assert.equal(
		program.output,
		"released\nVIV_LISTEN: not permitted to listen on port 1 on 127.0.0.1; choose a port from 1024 on, or give the process the right to take low ones\n",
	);
});

/** Why everybody may listen on port 1 here, or that can't be tried; false if it can. */
function whyPortsAreFree(): string | false {
	if (process.platform !== "linux") {
		return "this system lets everybody listen";
	}
	const first = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
	if (existsSync(first) && Number(readFileSync(first, "utf8")) <= 1) {
		return "this machine is set up to let everybody listen";
	}
	const isRoot = process.getuid?.() === 0;
	const hasSetpriv = spawnSync("setpriv", ["--version"]).status === 0;
	return (
		isRoot && !hasSetpriv && "root has every right, and setpriv is missing"
	);
}

test("a wrong option ends the process with 1 and one line", async () => {
	await using program = new Program("program.ts", "wrong option");
	assert.equal(await program.ended, 1);
	assert.match(program.output, /^VIV_OPTION: serve: "port" must be .*\n$/);
});

// Bun writes the lines of the program above an error, and its class in lower case
const uncaught = [
	["/throws", "an uncaught error", "a timer failed"],
	["/rejects", "an unhandled rejection", "nobody waits"],
] as const;

for (const [path, name, message] of uncaught) {
	test(`${name} is logged, requests finish, resources are released, and the process ends with 1`, async () => {
		await using program = new Program("program.ts", "plain");
		const port = await program.listens();
		await using client = await RawClient.open(port);
		client.request("/slow");
		await program.writes(/request \/slow/);
		await using other = await RawClient.open(port);
		other.request(path);
		await client.receive("answered");
		assert.equal(await program.ended, 1);
		assert.match(other.received, /answered/);
		assert.match(
			program.output,
			new RegExp(
				`\n${name} in the process; Vivace stops and ends with 1 [\\s\\S]*?[Ee]rror: ${message}\n +at [\\s\\S]*\nreleased\nVivace has stopped, not cleanly\n$`,
			),
		);
	});
}

test("an uncaught error while the server stops is told, and it goes on stopping", async () => {
	await using program = new Program("program.ts", "plain");
	const port = await program.listens();
	await using client = await RawClient.open(port);
	client.request("/slow");
	await program.writes(/request \/slow/);
	// both are there before the port closes
	await using throwing = await RawClient.open(port);
	await using rejecting = await RawClient.open(port);
	throwing.request("/throws");
	rejecting.request("/rejects");
	await throwing.receive("answered");
	await rejecting.receive("answered");
	await client.receive("answered");
	assert.equal(await program.ended, 1);
	assert.equal(program.output.split("ends with 1 ").length, 2);
	assert.match(program.output, /[Ee]rror: a timer failed[\s\S]*\nreleased\n/);
	assert.match(program.output, /[Ee]rror: nobody waits[\s\S]*\nreleased\n/);
});

test("an uncaught error during the start gives it up, and what was acquired is given back", async () => {
	await using program = new Program("program.ts", "start throws");
	assert.equal(await program.ended, 1);
	assert.match(
		program.output,
		/[Ee]rror: a timer failed[\s\S]*\ngives back\n[\s\S]*told to stop \(an uncaught error\) while it was starting\n$/,
	);
});

test("uncaughtErrors: false leaves errors to the runtime", async () => {
	await using program = new Program("program.ts", "errors are the runtime's");
	await using client = await RawClient.open(await program.listens());
	client.request("/throws");
	assert.equal(await program.ended, 1);
	assert.match(program.output, /[Ee]rror: a timer failed/);
	assert.doesNotMatch(program.output, /released|Vivace stops/);
});
