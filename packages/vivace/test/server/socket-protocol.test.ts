import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { App, serve, type WebSocket } from "../../src/index.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import {
	binary,
	closePayload,
	closing,
	continuation,
	frame,
	handshake,
	ping,
	pong,
	RawSocket,
	text,
} from "./raw-socket.ts";

const quiet = { info() {}, warn() {}, error() {} };
const messageBytes = 1000;

/** Of seven bytes each: more than are read before the handshake is answered. */
const earlyCount = 30_000;

/** The demands of RFC 6455 on a server, by section: what the client sends, and the code of the close frame that it gets. */
const violations: readonly (readonly [
	name: string,
	sent: readonly Uint8Array[],
	code: number,
])[] = [
	[
		"§5.1 a frame that is not masked",
		[frame(text, "a", { isMasked: false })],
		1002,
	],
	["§5.2 a reserved bit (RSV1)", [frame(text, "a", { reserved: 4 })], 1002],
	["§5.2 a reserved bit (RSV2)", [frame(text, "a", { reserved: 2 })], 1002],
	["§5.2 a reserved bit (RSV3)", [frame(text, "a", { reserved: 1 })], 1002],
	["§5.2 an unknown data frame", [frame(3, "a")], 1002],
	["§5.2 an unknown control frame", [frame(11)], 1002],
	["§5.4 a continuation of nothing", [frame(continuation, "a")], 1002],
	[
		"§5.4 a message within another",
		[frame(text, "a", { isFinal: false }), frame(text, "b")],
		1002,
	],
	[
		"§5.5 a control frame in fragments",
		[frame(ping, "a", { isFinal: false })],
		1002,
	],
	["§5.5 a control frame of 126 bytes", [frame(ping, Buffer.alloc(126))], 1002],
	[
		"§5.5.1 a close frame of one byte",
		[frame(closing, Buffer.from([3]))],
		1002,
	],
	[
		"§7.4.1 a close code that is never sent: 1005",
		[frame(closing, closePayload(1005))],
		1002,
	],
	[
		"§7.4.1 a close code that is never sent: 1006",
		[frame(closing, closePayload(1006))],
		1002,
	],
	["§7.4.2 a close code below 1000", [frame(closing, closePayload(999))], 1002],
	[
		"§7.4.2 a close code that nobody has defined",
		[frame(closing, closePayload(2999))],
		1002,
	],
	["§7.4.2 a close code of 5000", [frame(closing, closePayload(5000))], 1002],
	[
		"§8.1 a text that is not UTF-8",
		[frame(text, Buffer.from([0xc3, 0x28]))],
		1007,
	],
	[
		"§8.1 a text that is not UTF-8, in fragments",
		[
			frame(text, Buffer.from([0xe2, 0x82]), { isFinal: false }),
			frame(continuation, Buffer.from([0x28])),
		],
		1007,
	],
	[
		"§8.1 a surrogate in UTF-8",
		[frame(text, Buffer.from([0xed, 0xa0, 0x80]))],
		1007,
	],
	[
		"§8.1 a reason that is not UTF-8",
		[frame(closing, closePayload(1000, Buffer.from([0xff])))],
		1007,
	],
	[
		"§10.4 a message that is too large",
		[frame(text, Buffer.alloc(messageBytes + 1, "a"))],
		1009,
	],
	[
		"§10.4 a message that says so, of which nothing has come",
		[frame(text, "a", { saysBytes: 2 ** 40 })],
		1009,
	],
	[
		"§10.4 a message that is too large in fragments",
		[
			frame(text, Buffer.alloc(messageBytes, "a"), { isFinal: false }),
			frame(continuation, "a"),
		],
		1009,
	],
];

describe("a socket on the wire", () => {
	/** By the query of its handshake, how a socket has ended for its handler. */
	const ends = new Map<string, (code: number) => void>();
	const endOf = (query: string) =>
		new Promise<number>((resolve) => ends.set(query, resolve));
	let server: Server;
	before(async () => {
		const app = new App({ sockets: { limits: { messageBytes } } });
		app.websocket("/echo", async (_values, socket) => {
			socket.signal.addEventListener("abort", () =>
				ends.get(socket.request.search)?.(socket.signal.reason.code),
			);
			for await (const message of socket) {
				await socket.send(message);
			}
		});
		app.websocket("/close", async (_values, socket) => {
			await socket.accept();
			await socket.close(4001, "Ä".repeat(100));
		});
		const slow = async (_values: object, socket: WebSocket) => {
			const many = Array.from({ length: earlyCount }, () => frame(text, "a"));
			const early = Buffer.concat(many);
			const client = RawSocket.last as Socket; // that whose handshake this is
			await new Promise((sent) => client.write(early, sent));
			for (let turns = 0; turns < 10; turns++) {
				await new Promise(setImmediate); // the server reads as much of it as it will
			}
			await socket.accept();
			let count = 0;
			for await (const _ of socket) {
				count++;
				if (count === earlyCount) {
					await socket.send(`${count} messages`);
				}
			}
		};
		app.websocket("/slow", slow);
		app.websocket({ path: "/squeezed", limits: { compression: true } }, slow);
		server = await serve(app, { port: 0, signals: false, log: quiet });
	});
	after(() => server.close());

	for (const [name, sent, code] of violations) {
		test(name, async () => {
			const end = endOf("?violation");
			await using client = await RawSocket.open(server.port, "/echo?violation");
			client.send(frame(text, "before"));
			assert.equal(await client.nextText(), "before");
			client.send(...sent);
			assert.equal(await client.closeCode(), code);
			client.socket.end();
			assert.equal(await client.next(), undefined);
			assert.equal(await end, code);
		});
	}

	test("§4.2.2 the handshake is answered with the accepted key", async () => {
		await using client = await RawSocket.open(server.port, "/echo");
		assert.equal(client.status, 101);
		assert.match(
			client.head,
			/\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i,
		);
		assert.doesNotMatch(client.head, /sec-websocket-(?:protocol|extensions)/i);
	});

	const without = (name: string, ...instead: string[]) => [
		...handshake.filter((line) => !line.startsWith(`${name}:`)),
		...instead,
	];
	for (const [name, lines, status] of [
		["without a key", without("sec-websocket-key"), 400],
		[
			"with a key of another length",
			without("sec-websocket-key", "sec-websocket-key: dGhl"),
			400,
		],
		["without a version", without("sec-websocket-version"), 426],
		[
			"of version 8",
			without("sec-websocket-version", "sec-websocket-version: 8"),
			426,
		],
		[
			"with a malformed subprotocol",
			[...handshake, "sec-websocket-protocol: a b"],
			400,
		],
		[
			"with a subprotocol twice",
			[...handshake, "sec-websocket-protocol: a, a"],
			400,
		],
		["with a malformed host", without("host", "host: a b"), 400],
	] as const) {
		test(`§4.2.1 a handshake ${name} is refused`, async () => {
			await using client = await RawSocket.open(server.port, "/echo", lines);
			assert.equal(client.status, status);
			assert.equal(
				/sec-websocket-version: 13/i.test(client.head),
				status === 426,
			);
			assert.match(await client.body(), /^\{"detail":/);
		});
	}

	test("§4.2.2 no subprotocol is agreed on that the handler does not name, and none that was not offered is in the answer", async () => {
		const offer = "sec-websocket-protocol: a, b";
		for (const lines of [[...handshake, offer], handshake]) {
			await using client = await RawSocket.open(server.port, "/echo", lines);
			assert.equal(client.status, 101);
			assert.doesNotMatch(client.head, /sec-websocket-protocol/i);
		}
	});

	test("what asks for another protocol is a plain request", async () => {
		const others = without("upgrade", "upgrade: h2c", "connection: close");
		await using client = await RawSocket.open(server.port, "/echo", others);
		assert.equal(client.status, 404);
	});

	test("what asks for a socket by another method than GET is a plain request", async () => {
		const lines = [...handshake, "content-length: 0", "connection: close"];
		await using client = await RawSocket.open(
			server.port,
			"/echo",
			lines,
			"POST",
		);
		assert.equal(client.status, 404);
	});

	test("§5.4 a message may come in fragments, with control frames between", async () => {
		await using client = await RawSocket.open(server.port, "/echo");
		client.send(
			frame(text, "He", { isFinal: false }),
			frame(ping, "there?"),
			frame(continuation, "l", { isFinal: false }),
			frame(continuation, "lo"),
		);
		const answer = await client.next();
		assert.equal(answer?.head, 0x80 | pong);
		assert.equal(answer?.payload.toString(), "there?");
		assert.equal(await client.nextText(), "Hello");
	});

	test("§5.6 bytes come back as bytes, an empty message as one, a large one whole", async () => {
		await using client = await RawSocket.open(server.port, "/echo");
		const bytes = Buffer.from([0, 255, 128]);
		const large = "ä".repeat(messageBytes / 2);
		client.send(frame(binary, bytes), frame(text), frame(text, large));
		const first = await client.next();
		assert.equal(first?.head, 0x80 | binary);
		assert.deepEqual(first?.payload, bytes);
		assert.equal(await client.nextText(), "");
		assert.equal(await client.nextText(), large);
	});

	test("§5.5.3 a pong that nobody has asked for is ignored", async () => {
		await using client = await RawSocket.open(server.port, "/echo");
		client.send(frame(pong, "x"), frame(text, "a"));
		assert.equal(await client.nextText(), "a");
	});

	test("§5.5.1 a close frame is answered with its code, and one without a code with none", async () => {
		for (const [payload, code] of [
			[closePayload(4321, "bye"), 4321],
			[closePayload(1000), 1000],
			[Buffer.alloc(0), 1005],
		] as const) {
			const end = endOf("?close");
			await using client = await RawSocket.open(server.port, "/echo?close");
			client.send(frame(closing, payload));
			assert.equal(await client.closeCode(), code);
			assert.equal(await client.next(), undefined);
			assert.equal(await end, code);
		}
	});

	test("§5.5 a reason is cut to what a close frame holds, between characters", async () => {
		await using client = await RawSocket.open(server.port, "/close");
		const close = await client.next();
		assert.equal(close?.payload.readUInt16BE(0), 4001);
		assert.equal(close?.payload.subarray(2).toString(), "Ä".repeat(61));
	});

	test("messages that come before the handshake is answered are not lost", async () => {
		await using client = await RawSocket.open(
			server.port,
			"/echo",
			handshake,
			"GET",
			Buffer.concat([frame(text, "with it"), frame(text, "soon after")]),
		);
		assert.equal(await client.nextText(), "with it");
		assert.equal(await client.nextText(), "soon after");
	});

	for (const path of ["/slow", "/squeezed"]) {
		test(`more than is read before the handshake is answered is read then, at ${path}`, async () => {
			await using client = await RawSocket.open(server.port, path);
			assert.equal(await client.nextText(), `${earlyCount} messages`);
		});
	}

	test("a refused handshake is answered as HTTP, and its connection closed", async () => {
		await using client = await RawSocket.open(server.port, "/nowhere");
		assert.match(client.head, /^HTTP\/1\.1 403 Forbidden\r\n/);
		assert.match(client.head, /\r\nConnection: close/i);
		assert.equal(await client.rest(), "");
	});
});
