import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { LifespanError, SetupError } from "../../../src/errors/setup-error.ts";
import type { ServeOptions } from "../../../src/server/lifecycle/serve-options.ts";
import { serve } from "../../../src/server/serve.ts";
import { LogLines, portApp, startServer, text } from "../port-app.ts";

test("a server answers on a free port and says where", async () => {
	await using server = await startServer(
		(request) => text(`hello ${request.rawPath}`),
		{ around: { documentationPath: "/docs" } },
	);
	const answer = await fetch(`${server.url}/you?x=1`);
	assert.equal(await answer.text(), "hello /you");
	assert.equal(answer.headers.get("content-length"), "10");
	assert.equal(server.url, `http://127.0.0.1:${server.port}`);
	assert.deepEqual(server.log.lines, [
		`Vivace is listening on ${server.url} (documentation: /docs)`,
	]);
});

test("every address is shown as one that works", async () => {
	await using server = await startServer(() => text("hello"), {
		host: "0.0.0.0",
	});
	assert.equal(await (await fetch(server.url)).text(), "hello");
	assert.match(server.log.text, /on every address of this machine/);
});

test("the app has started before the server listens", async () => {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const { port } = probe.address() as { port: number };
	probe.close();
	await once(probe, "close");
	const gate = Promise.withResolvers<void>();
	const serving = serve(
		portApp(() => text("hello"), { start: () => gate.promise }),
		{ port, signals: false, log: new LogLines() },
	);
	await assert.rejects(fetch(`http://127.0.0.1:${port}`));
	gate.resolve();
	await using server = await serving;
	assert.equal((await fetch(server.url)).status, 200);
});

test("a start that fails is the caller's error, and nothing listens", async () => {
	const failure = new LifespanError('"pool" could not be acquired');
	await assert.rejects(
		serve(
			portApp(() => text(""), { start: () => Promise.reject(failure) }),
			{ port: 0, signals: false },
		),
		failure,
	);
});

test("a port in use is named, and what had been acquired is released", async () => {
	await using first = await startServer(() => text("first"));
	let stops = 0;
	await assert.rejects(
		startServer(() => text("second"), {
			port: first.port,
			around: {
				stop: () => {
					stops++;
					return Promise.resolve({ errors: [] });
				},
			},
		}),
		(error) =>
			error instanceof SetupError &&
			error.code === "VIV_LISTEN" &&
			error.message.includes(
				`port ${first.port} on 127.0.0.1 is already in use`,
			),
	);
	assert.equal(stops, 1);
});

test("an address of another machine and an unknown host are named", async () => {
	for (const [host, expected] of [
		["192.0.2.1", /192\.0\.2\.1 is not an address of this machine/],
		[
			"no-such-host.invalid",
			/"no-such-host\.invalid" (has no address|could not be looked up)/,
		],
	] as const) {
		await assert.rejects(
			startServer(() => text(""), { host }),
			expected,
		);
	}
});

test("closing releases the app once, however often it is called", async () => {
	const calls: string[] = [];
	const server = await startServer(() => text(""), {
		around: {
			beginShutdown: () => void calls.push("beginShutdown"),
			drain: (timeoutMs) => {
				calls.push(`drain ${timeoutMs}`);
				return Promise.resolve(true);
			},
			stop: () => {
				calls.push("stop");
				return Promise.resolve({ errors: [] });
			},
		},
		tasksTimeoutMs: 1234,
	});
	await Promise.all([server.close(), server.close()]);
	await server[Symbol.asyncDispose]();
	assert.deepEqual(calls, ["beginShutdown", "drain 1234", "stop"]);
	await assert.rejects(fetch(server.url));
});

test("closing rejects with what failed on the way", async () => {
	const failure = new LifespanError('"pool" could not be released');
	const one = await startServer(() => text(""), {
		around: { stop: () => Promise.resolve({ errors: [failure] }) },
	});
	await assert.rejects(one.close(), failure);
	const two = await startServer(() => text(""), {
		around: {
			drain: () => Promise.resolve(false),
			stop: () => Promise.resolve({ errors: [failure] }),
		},
	});
	await assert.rejects(two.close(), AggregateError);
	assert.match(two.log.text, /background tasks .* still running after 30 s/);
});

test("a release that hangs is given up after its time", async () => {
	const server = await startServer(() => text(""), {
		around: { stop: () => new Promise(() => {}) },
		stopTimeoutMs: 20,
	});
	await assert.rejects(server.close(), /still being released after 0\.02 s/);
});

test("several servers in a process do not know of each other", async () => {
	await using first = await startServer(() => text("first"));
	const second = await startServer(() => text("second"));
	await second.close();
	assert.equal(await (await fetch(first.url)).text(), "first");
});

const nonsense: readonly (readonly [ServeOptions, RegExp])[] = [
	[{ port: -1 }, /"port" must be a whole number from 0 to 65535, not -1/],
	[{ port: 8000.5 }, /"port"/],
	[{ port: "8000" as never }, /"port" .* not "8000"/],
	[{ host: "" }, /"host" must be an address or a host name, not ""/],
	[{ backlog: 0 }, /"backlog"/],
	[{ maxConnections: -1 }, /"maxConnections"/],
	[{ maxHeaderBytes: 10 }, /"maxHeaderBytes"/],
	[{ headersTimeoutMs: -1 }, /"headersTimeoutMs"/],
	[{ requestTimeoutMs: Number.NaN }, /"requestTimeoutMs" .* not NaN/],
	[{ headersTimeoutMs: 400_000 }, /"headersTimeoutMs" .* can't be longer/],
	[{ requestTimeoutMs: 1000 }, /"requestTimeoutMs" .* set both/],
	[{ keepAliveTimeoutMs: Number.POSITIVE_INFINITY }, /"keepAliveTimeoutMs"/],
	[{ drainTimeoutMs: 3e9 }, /"drainTimeoutMs"/],
	[{ trustProxy: ["10.0.0.0/33"] }, /"trustProxy" .* not "10\.0\.0\.0\/33"/],
	[{ trustProxy: ["proxy"] }, /"trustProxy"/],
	[{ trustProxy: "10.0.0.1" as never }, /"trustProxy"/],
	[
		{ rootPath: "api" },
		/"rootPath" must be a path that begins with "\/", not "api"/,
	],
	[{ exit: 1 as never }, /"exit" must be true or false, not 1/],
	[{ prot: 80 } as never, /no option "prot"; did you mean "port"\?/],
];

for (const [options, expected] of nonsense) {
	test(`${JSON.stringify(options)} is refused`, async () => {
		await assert.rejects(
			startServer(() => text(""), options),
			(error) =>
				error instanceof SetupError &&
				error.code === "VIV_OPTION" &&
				expected.test(error.message),
		);
	});
}

test("an app is told the prefix that the proxy in front of its server strips", async () => {
	let told: unknown;
	const start = async (options?: { readonly rootPath?: string }) => {
		told = options?.rootPath;
	};
	await using _server = await startServer(() => text(""), {
		rootPath: "/api/v1",
		around: { start },
	});
	assert.equal(told, "/api/v1");
});
