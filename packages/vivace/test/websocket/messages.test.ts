import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
	RequestValidationError,
	ResponseValidationError,
} from "../../src/exceptions.ts";
import {
	App,
	WebSocketDisconnect,
	WebSocketException,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };
const Say = z.object({ text: z.string().max(5), at: z.date().optional() });
const Said = z.object({ from: z.string(), at: z.date() });

test("receives reads each message, sends writes each value", async () => {
	const seen: unknown[] = [];
	const app = new App();
	app.websocket(
		{ path: "/", receives: Say, sends: Said },
		async (_values, socket) => {
			for await (const said of socket) {
				seen.push(said);
				const at = new Date("2026-01-02T03:04:05Z");
				const extra = { from: said.text, at, secret: 1 };
				await socket.send(extra);
			}
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	await socket.sendJson({ text: "a", at: "2026-01-01T00:00:00Z", more: 1 });
	assert.equal(
		await socket.receiveText(),
		'{"from":"a","at":"2026-01-02T03:04:05Z"}',
	);
	assert.deepEqual(seen, [{ text: "a", at: new Date("2026-01-01T00:00:00Z") }]);
	await socket.sendBytes(new TextEncoder().encode('{"text":"b"}'));
	const { from, at } = await socket.receiveJson(Said);
	assert.deepEqual([from, at.getTime()], ["b", Date.UTC(2026, 0, 2, 3, 4, 5)]);
});

test("a message that does not fit closes with 1007 and FastAPI's words; the handler may see it", async () => {
	const errors: unknown[] = [];
	const app = new App({ logger: quiet });
	app.websocket({ path: "/", receives: Say }, async (_values, socket) => {
		try {
			await socket.receive();
		} catch (error) {
			assert.ok(error instanceof WebSocketException);
			assert.ok(error.cause instanceof RequestValidationError);
			errors.push(...error.cause.errors.map(({ type, loc }) => [type, loc]));
			throw error;
		}
	});
	await using client = await TestClient.start(app);
	for (const [message, type, loc, reason] of [
		[
			'{"text":"too long"}',
			"string_too_long",
			["message", "text"],
			"text: String should have at most 5 characters",
		],
		["{}", "missing", ["message", "text"], "text: Field required"],
		[
			"nonsense",
			"json_invalid",
			["message", 0],
			"JSON decode error at character 0",
		],
		[
			Buffer.from([0xff]),
			"json_invalid",
			["message"],
			"The message is not UTF-8, or nested too deeply",
		],
		[
			"[".repeat(300) + "]".repeat(300),
			"json_invalid",
			["message"],
			"The message is not UTF-8, or nested too deeply",
		],
	] as const) {
		errors.splice(0);
		await using socket = await client.websocket("/");
		await (typeof message === "string"
			? socket.sendText(message)
			: socket.sendBytes(message));
		assert.deepEqual(await socket.closed, { code: 1007, reason });
		assert.deepEqual(errors, [[type, loc]]);
	}
});

test("a reason is as long as a close frame can hold", async () => {
	const app = new App();
	const Many = z.object({ a: z.int(), b: z.int(), c: z.int(), d: z.int() });
	app.websocket({ path: "/", receives: Many }, async (_values, socket) => {
		await socket.receive();
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	await socket.sendJson({ a: "x", b: "x", c: "x", d: "x" });
	const { code, reason } = await socket.closed;
	assert.equal(code, 1007);
	assert.equal(reason.length, 123);
});

test("onInvalid report: the client is told, and the loop goes on", async () => {
	const app = new App();
	app.websocket(
		{ path: "/route", receives: Say, onInvalid: "report" },
		async (_values, socket) => {
			for await (const { text } of socket) {
				await socket.send(text);
			}
		},
	);
	app.websocket("/messages", async (_values, socket) => {
		const messages = socket.messages(z.int(), { onInvalid: "report" });
		for await (const number of messages) {
			await socket.send(number + 1);
		}
	});
	await using client = await TestClient.start(app);
	await using route = await client.websocket("/route");
	await route.sendJson({ text: 1 });
	await route.sendJson({ text: "b" });
	assert.deepEqual(await route.receiveJson(), {
		detail: [
			{
				type: "string_type",
				loc: ["message", "text"],
				msg: "Input should be a valid string",
				input: 1,
			},
		],
	});
	assert.equal(await route.receiveText(), "b");
	await using messages = await client.websocket("/messages");
	await messages.sendText("a");
	await messages.sendText("41");
	assert.deepEqual(
		((await messages.receiveJson()) as { detail: { type: string }[] }).detail[0]
			?.type,
		"json_invalid",
	);
	assert.equal(await messages.receiveText(), "42");
});

test("loops over several schemas share the messages, in order", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		for await (const { token } of socket.messages(
			z.object({ token: z.string() }),
		)) {
			await socket.send(`hello ${token}`);
			break;
		}
		for await (const number of socket.messages(z.int())) {
			await socket.send({ number });
		}
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	await Promise.all([
		socket.sendJson({ token: "t" }),
		socket.sendJson(1),
		socket.sendJson(2),
	]);
	assert.equal(await socket.receiveText(), "hello t");
	assert.deepEqual(await socket.receiveJson(), { number: 1 });
	assert.deepEqual(await socket.receiveJson(), { number: 2 });
});

test("a value that sends refuses is an error of the handler", async () => {
	const app = new App({ logger: quiet });
	app.websocket({ path: "/", sends: Said }, async (_values, socket) => {
		await socket.accept();
		await socket.send({ from: 1 } as never);
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	assert.equal((await socket.closed).code, 1011);
	await assert.rejects(
		socket.close(),
		(error) =>
			error instanceof ResponseValidationError &&
			/in the message of WS \//.test(error.message),
	);
});

test("without schemas texts and bytes go as they are, everything else as JSON", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.send("text");
		await socket.send(new Uint8Array([1, 2]));
		await socket.send(new Uint8Array([3, 4]).buffer);
		await socket.send(new DataView(new Uint8Array([5, 6, 7]).buffer, 1));
		await socket.send({ when: new Date(0), many: new Set([1]) });
		await socket.send(null);
		await socket.sendJson("text");
		await assert.rejects(socket.send(undefined), TypeError);
		await assert.rejects(socket.sendText(1 as never), TypeError);
		await assert.rejects(socket.sendBytes("a" as never), TypeError);
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal(await socket.receiveText(), "text");
	assert.deepEqual(await socket.receiveBytes(), new Uint8Array([1, 2]));
	assert.deepEqual(await socket.receiveBytes(), new Uint8Array([3, 4]));
	assert.deepEqual(await socket.receiveBytes(), new Uint8Array([6, 7]));
	assert.equal(
		await socket.receiveText(),
		'{"when":"1970-01-01T00:00:00+00:00","many":[1]}',
	);
	assert.equal(await socket.receiveText(), "null");
	assert.equal(await socket.receiveText(), '"text"');
	assert.equal((await socket.closed).code, 1000);
});

test("a function is no message, also where the schema takes anything", async () => {
	const app = new App();
	app.websocket({ path: "/", sends: z.any() }, async (_values, socket) => {
		await socket.accept();
		await assert.rejects(
			socket.send(() => 1),
			/must be JSON, but the value itself is a function/,
		);
		await socket.send(undefined);
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal(await socket.receiveText(), "null");
});

test("a message of the wrong kind closes with 1003, one that is not JSON with 1007", async () => {
	const app = new App();
	app.websocket("/{kind}", async ({ kind }, socket) => {
		if (kind === "text") {
			await socket.receiveText();
		} else if (kind === "bytes") {
			await socket.receiveBytes();
		} else {
			await socket.receiveJson();
		}
	});
	await using client = await TestClient.start(app);
	const code = async (path: string, send: "sendText" | "sendBytes") => {
		await using socket = await client.websocket(path);
		await (send === "sendText"
			? socket.sendText("x")
			: socket.sendBytes(new Uint8Array(1)));
		return (await socket.closed).code;
	};
	assert.equal(await code("/text", "sendBytes"), 1003);
	assert.equal(await code("/bytes", "sendText"), 1003);
	assert.equal(await code("/json", "sendText"), 1007);
});

test("several may wait for a message, each gets another; at the end all are told", async () => {
	const got: unknown[] = [];
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		const waiting = [socket.receive(), socket.receive(), socket.receive()];
		const settled = await Promise.allSettled(waiting);
		got.push(
			...settled.map((each) =>
				each.status === "fulfilled" ? each.value : each.reason,
			),
		);
		assert.equal(socket.isClosed, true);
		await assert.rejects(socket.sendText("a"), WebSocketDisconnect);
		await assert.rejects(socket.receive(), WebSocketDisconnect);
		await socket.close();
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	await socket.sendText("a");
	await socket.sendText("b");
	await socket.close(4000);
	assert.deepEqual(got.slice(0, 2), ["a", "b"]);
	assert.ok(got[2] instanceof WebSocketDisconnect);
});

test("what was sent before the end is still read", async () => {
	const got: unknown[] = [];
	const go = Promise.withResolvers<void>();
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		await go.promise;
		for await (const message of socket) {
			got.push(message);
		}
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	await socket.sendText("a");
	await socket.sendText("b");
	const closing = socket.close();
	go.resolve();
	await closing;
	assert.deepEqual(got, ["a", "b"]);
});

test("a turn asked for by hand lets its message go once that was read and the next is asked for", async () => {
	const got: unknown[] = [];
	const go = Promise.withResolvers<void>();
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		const turns = socket[Symbol.asyncIterator]();
		const unread = await turns.next();
		const waiting = turns.next();
		got.push(unread.done, unread.value, unread.value); // nobody had read it
		const read = await waiting;
		got.push(read.value, read.value);
		await go.promise; // the next one is there already
		const last = await turns.next();
		assert.throws(() => read.value, /keep the value of next\(\)/);
		got.push(last.value);
		await turns.return?.();
		assert.throws(() => last.value, TypeError);
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	for (const text of ["", "b", "c"]) {
		await socket.sendText(text);
	}
	go.resolve();
	assert.equal((await socket.closed).code, 1000);
	assert.deepEqual(got, [false, "", "", "b", "b", "c"]);
});

test("a close code that can't be sent is a RangeError where it stands", async () => {
	for (const code of [999, 1004, 1005, 1006, 1015, 2999, 5000, 1.5]) {
		assert.throws(() => new WebSocketException(code), RangeError);
	}
	for (const code of [1000, 1003, 1007, 1014, 3000, 4999]) {
		assert.equal(new WebSocketException(code).code, code);
	}
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		await assert.rejects(socket.close(1005), RangeError);
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal((await socket.closed).code, 1000);
});

test("the digits of big integers are kept, on both sides, where the schema asks for them", async () => {
	const Money = z.object({ amount: z.bigint() });
	const seen: bigint[] = [];
	const app = new App();
	app.websocket({ path: "/", receives: Money }, async (_values, socket) => {
		const { amount } = await socket.receive();
		seen.push(amount);
		for await (const later of socket.messages(Money)) {
			seen.push(later.amount);
			await socket.send(later);
		}
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	await socket.sendText('{"amount":18446744073709551617}');
	await socket.sendBytes(
		new TextEncoder().encode('{"amount":-9007199254740993}'),
	);
	assert.deepEqual(await socket.receiveJson(Money), {
		amount: -9007199254740993n,
	});
	assert.deepEqual(seen, [18446744073709551617n, -9007199254740993n]);
});

test("a reason or a subprotocol that can't be sent is refused where it stands", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		for (const subprotocol of ["a b", "a\r\nset-cookie: x=1", ""]) {
			await assert.rejects(
				socket.accept({ subprotocol }),
				/VIV_OPTION: WS \/: accept\(\): subprotocol must be a token/,
			);
		}
		await socket.accept({ subprotocol: "v1" });
		for (const reason of [null, 5]) {
			await assert.rejects(
				socket.close(1000, reason as never),
				/VIV_OPTION: WS \/: close\(\): reason must be a text/,
			);
		}
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal(socket.subprotocol, "v1");
	assert.deepEqual(await socket.closed, { code: 1000, reason: "" });
});
