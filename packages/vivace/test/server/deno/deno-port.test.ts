import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
	type DenoListening,
	DenoPort,
} from "../../../src/server/deno/deno-port.ts";
import {
	type DenoRequestInfo,
	type DenoRuntime,
	type DenoServer,
	denoRuntime,
} from "../../../src/server/deno/deno-runtime.ts";
import { ListeningDescriptor } from "../../../src/server/deno/listening-descriptor.ts";
import { ListeningFile } from "../../../src/server/deno/listening-file.ts";
import { SocketFile } from "../../../src/server/lifecycle/socket-file.ts";

const server: DenoServer = {
	addr: { hostname: "127.0.0.1", port: 8000 },
	finished: Promise.resolve(),
	shutdown: () => Promise.resolve(),
};

const address = { address: "127.0.0.1", port: 8000 };

function openPort(
	socket: DenoListening = new ListeningDescriptor({} as DenoRuntime, address),
): DenoPort {
	const cutting = new AbortController();
	const parts = { server, address, socket, cutting, drainTimeoutMs: 30_000 };
	return new DenoPort({} as DenoRuntime, parts);
}

/** A request as Deno 2.9 hands it over: `http://`, the `Host` line and the path as they were sent, put together. */
function received(
	url: string,
	headers: Readonly<Record<string, string>>,
	method = "GET",
): globalThis.Request {
	return { url, method, headers: new Headers(headers) } as globalThis.Request;
}

suite("the target of a request on Deno", () => {
	const cases: readonly (readonly [
		what: string,
		url: string,
		host: string | undefined,
		target: string | number,
	])[] = [
		["a path", "http://a.b:80/x", "a.b:80", "/x"],
		["a query", "http://a.b:80/x?y=/z", "a.b:80", "/x?y=/z"],
		["several segments", "http://a.b:80/x/../y//z", "a.b:80", "/x/../y//z"],
		[
			"a fragment, which no client sends",
			"http://a.b:80/x#y",
			"a.b:80",
			"/x#y",
		],
		["no host", "http://localhost:8000/x", undefined, "/x"],
		["an empty host", "http://localhost:8000/x/y", "", "/x/y"],
		[
			"a host that is the made-up one",
			"http://localhost:8000/x",
			"localhost:8000",
			"/x",
		],
		["a host with a part of a path", "http://a.b:80/x/y", "a.b:80/x", 400],
		["a host with a query", "http://a.b:80?x/y", "a.b:80?x", 400],
		["a host with a user", "http://u@a.b/x", "u@a.b", 400],
		["a host with a space", "http://a b/x", "a b", 400],
		["the absolute form", "http://c.d/x?y", "a.b:80", "/x?y"],
		["the absolute form without a path", "http://c.d?y", "a.b:80", "/?y"],
		["the absolute form with a user", "http://u@c.d/x", "a.b:80", 400],
	];
	for (const [what, url, host, target] of cases) {
		for (const isKnown of [false, true]) {
			test(`is ${target} for ${what}, ${isKnown ? "after" : "without"} others of the host`, () => {
				const port = openPort();
				if (isKnown) {
					const before = received("http://a.b:80/", { host: "a.b:80" });
					assert.equal(port.readTarget(before, before.method), "/");
				}
				const request = received(url, host === undefined ? {} : { host });
				assert.equal(port.readTarget(request, request.method), target);
			});
		}
	}

	test("on a Unix socket is found behind another scheme and a host that is made of its path", () => {
		const file = new SocketFile("/run/ä_shop.sock", 0o660);
		const madeUp = `%2Frun%2F%C3%A4%5Fshop%2Esock%2E${process.pid}`;
		for (const [begin, host] of [
			["http+unix://a.b:80", "a.b:80"],
			[`http+unix://${madeUp}`, undefined],
			[`http+unix://${madeUp}`, ""],
			["http://c.d", "a.b"],
		] as const) {
			const port = openPort(new ListeningFile(file));
			for (let times = 0; times < 2; times++) {
				const headers = host === undefined ? {} : { host };
				const request = received(`${begin}/x//y?z=/`, headers);
				assert.equal(port.readTarget(request, "GET"), "/x//y?z=/");
			}
		}
		const wrong = received("http+unix://a/b/x", { host: "a/b" });
		assert.equal(
			openPort(new ListeningFile(file)).readTarget(wrong, "GET"),
			400,
		);
	});

	test("is refused for CONNECT and for an expectation that nobody knows", () => {
		const port = openPort();
		const headers = { host: "a.b" };
		assert.equal(
			port.readTarget(received("http://a.b", headers, "CONNECT"), "CONNECT"),
			501,
		);
		assert.equal(
			port.readTarget(
				received("http://a.b/", { ...headers, expect: "wonders" }, "POST"),
				"POST",
			),
			417,
		);
	});

	test("has the host of the absolute form in place of the header's", () => {
		const port = openPort();
		const request = received("http://c.d:81/x", { host: "a.b" });
		assert.equal(port.hostOf(request), "c.d:81");
		const plain = received("http://a.b/x", { host: "a.b" });
		assert.equal(port.hostOf(plain), "a.b");
		const none = received("http://localhost:8000/x", {});
		assert.equal(port.hostOf(none), undefined);
	});
});

test("a peer whose answer has left is none", () => {
	const info = {
		get remoteAddr(): never {
			throw new TypeError("Request closed");
		},
	} as unknown as DenoRequestInfo;
	assert.deepEqual(openPort().peerOf(received("http://a/", {}), info), {});
});

const deno = denoRuntime() as DenoWithSockets | undefined;

interface DenoWithSockets extends DenoRuntime {
	listen(options: { port: number; hostname: string }): DenoListener;
	connect(options: { port: number; hostname: string }): Promise<DenoConn>;
}
interface DenoConn extends Disposable {
	write(bytes: Uint8Array): Promise<number>;
	read(bytes: Uint8Array): Promise<number | null>;
}
interface DenoListener extends Disposable {
	readonly addr: { readonly port: number };
	accept(): Promise<DenoConn>;
}

if (deno !== undefined) {
	const without = {
		dlopen: deno.dlopen,
		permissions: { querySync: () => ({ state: "denied" }) },
	} as unknown as DenoRuntime;

	for (const [how, runtime] of [
		["by the system's calls", deno],
		["in the system's table", without],
	] as const) {
		for (const hostname of ["127.0.0.1", "::1"]) {
			test(`a port's connections are looked up ${how}: ${hostname}`, async () => {
				using listener = deno.listen({ port: 0, hostname });
				using other = deno.listen({ port: 0, hostname });
				const { port } = listener.addr;
				const address = { address: hostname, port };
				const socket = new ListeningDescriptor(runtime, address);
				const none = { count: 0, hasUnread: false, hasSilent: false };
				const isTold = runtime === deno; // the table has no such column
				assert.deepEqual(await socket.look(), none);
				using elsewhere = await deno.connect({ ...other.addr, hostname });
				using atElsewhere = await other.accept();
				await elsewhere.write(Buffer.from("a"));
				assert.deepEqual(await socket.look(), none);
				using client = await deno.connect({ port, hostname });
				using accepted = await listener.accept();
				const silent = { ...none, count: 1, hasSilent: isTold };
				assert.deepEqual(await socket.look(), silent);
				await client.write(Buffer.from("a"));
				const unread = { ...none, count: 1, hasUnread: true };
				assert.deepEqual(await socket.look(), unread);
				await accepted.read(new Uint8Array(1));
				assert.deepEqual(await socket.look(), { ...none, count: 1 });
				assert.ok(atElsewhere);
			});
		}
	}

	test("a port that is refused takes in what has come, and nothing more", async () => {
		const hostname = "127.0.0.1";
		using listener = deno.listen({ port: 0, hostname });
		const { port } = listener.addr;
		const socket = new ListeningDescriptor(deno, { address: hostname, port });
		using _client = await deno.connect({ port, hostname });
		const accepting = listener.accept();
		await socket.refuse(new AbortController().signal);
		using _accepted = await accepting;
		await assert.rejects(deno.connect({ port, hostname }), /refused/);
	});
}
