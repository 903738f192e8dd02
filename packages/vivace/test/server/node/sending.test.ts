import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ClientGoneError } from "../../../src/errors/client-gone.ts";
import type { Request } from "../../../src/http/request.ts";
import { Response, type ResponseBody } from "../../../src/http/response.ts";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

/** A response, and how often, and with what, the exchange was settled that sent it. */
function watched(
	body: ResponseBody,
	options?: ConstructorParameters<typeof Response>[1],
) {
	const response = new Response(body, options);
	const settled = Promise.withResolvers<unknown>();
	const calls: unknown[] = [];
	const answer = (request: Request) => {
		request.whenSettled(({ error }) => {
			calls.push(error);
			settled.resolve(error);
		});
		return response;
	};
	return { response, answer, calls, settled: settled.promise };
}

async function* chunks(...parts: readonly (string | Uint8Array)[]) {
	for (const part of parts) {
		await turn();
		yield part;
	}
}

async function rawAnswer(
	port: number,
	...lines: readonly string[]
): Promise<string> {
	await using client = await RawClient.open(port);
	client.send(...lines, "", "");
	await client.closed;
	return client.received;
}

test("strings, bytes and nothing are sent with their length", async () => {
	const bodies: Record<string, ResponseBody> = {
		"/text": "héllo",
		"/bytes": Buffer.from("bytes"),
		"/empty": "",
		"/none": null,
	};
	await using server = await startServer(
		(request) => new Response(bodies[request.rawPath] ?? null),
	);
	for (const [path, expected] of [
		["/text", "héllo"],
		["/bytes", "bytes"],
		["/empty", ""],
		["/none", ""],
	] as const) {
		const answer = await fetch(server.url + path);
		assert.equal(await answer.text(), expected);
		assert.equal(
			answer.headers.get("content-length"),
			`${Buffer.byteLength(expected)}`,
		);
	}
});

test("headers are sent as they are, several of a name too", async () => {
	await using server = await startServer(() => {
		const response = text("ok", 201);
		response.headers.append("set-cookie", "a=1");
		response.headers.append("set-cookie", "b=2");
		response.headers.append("x-blank", "");
		return response;
	});
	const answer = await fetch(server.url);
	assert.equal(answer.status, 201);
	assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
	assert.equal(answer.headers.get("x-blank"), "");
});

test("HEAD gives the headers of GET and no body", async () => {
	let isFinished = false;
	await using server = await startServer((request) => {
		if (request.rawPath === "/text") {
			return text("hello");
		}
		return new Response(
			(async function* () {
				try {
					yield "never";
				} finally {
					isFinished = true;
				}
			})(),
		);
	});
	const head = (path: string) =>
		rawAnswer(
			server.port,
			`HEAD ${path} HTTP/1.1`,
			"host: test",
			"connection: close",
		);
	const whole = await head("/text");
	assert.match(whole, /content-length: 5\r\n(?:.*\r\n)?\r\n$/s);
	const stream = await head("/stream");
	assert.match(stream, /^HTTP\/1\.1 200 .*\r\n\r\n$/s);
	assert.equal(isFinished, false); // a body that was never started has nothing to finish
});

test("204 and 304 have neither body nor length", async () => {
	await using server = await startServer(
		(request) =>
			new Response(request.queryText("stream") ? chunks("x") : "ignored", {
				status: Number(request.rawPath.slice(1)),
			}),
	);
	for (const target of ["/204", "/304", "/204?stream=1"]) {
		const answer = await rawAnswer(
			server.port,
			`GET ${target} HTTP/1.1`,
			"host: test",
			"connection: close",
		);
		assert.doesNotMatch(answer, /content-length|transfer-encoding/i);
		assert.match(answer, /\r\n\r\n$/);
	}
});

test("a stream is sent in chunks, empty ones left out", async () => {
	await using server = await startServer(
		() => new Response(chunks("a", "", new Uint8Array(), Buffer.from("b"))),
	);
	const answer = await rawAnswer(
		server.port,
		"GET / HTTP/1.1",
		"host: test",
		"connection: close",
	);
	assert.match(
		answer,
		/transfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/is,
	);
});

test("texts and bytes that are ready together are sent in their order, and none waits for what is not", async () => {
	const gate = Promise.withResolvers<void>();
	async function* parts() {
		yield "a";
		yield "";
		yield "é";
		yield Uint8Array.of(98);
		yield "c";
		await gate.promise;
		yield "d";
		yield "e";
	}
	await using server = await startServer(() => new Response(parts()));
	await using client = await RawClient.open(server.port);
	client.request("/", "connection: close");
	await client.receive(/c\r\n$/);
	gate.resolve();
	await client.closed;
	const [, body = ""] = client.received.split(/\r\n\r\n(?=\d)/);
	assert.equal(
		body.replaceAll(/(?:^|\r\n)\d\r\n/g, "").trim(),
		Buffer.from("aébcde").toString("latin1"),
	);
});

test("texts that are always ready are produced no faster than the client takes them", async () => {
	let produced = 0;
	async function* texts() {
		for (;;) {
			yield "x".repeat(1000);
			produced += 1000;
		}
	}
	await using server = await startServer(() => new Response(texts()));
	await using client = await RawClient.open(server.port);
	client.socket.pause();
	client.request("/");
	let before = -1;
	while (produced === 0 || produced !== before) {
		before = produced;
		for (let turns = 0; turns < 50; turns += 1) {
			await turn();
		}
	}
	// the two sockets hold that much
	assert.ok(produced < 16_000_000, String(produced));
	client.socket.resume();
	await client.receive("x");
});

test("an HTTP/1.0 client gets a stream up to the end of the connection", async () => {
	await using server = await startServer(() => new Response(chunks("a", "b")));
	const answer = await rawAnswer(server.port, "GET / HTTP/1.0", "host: test");
	assert.doesNotMatch(answer, /transfer-encoding/i);
	assert.match(answer, /\r\n\r\nab$/);
});

test("the head of a stream goes ahead of a first chunk that takes its time", async () => {
	const gate = Promise.withResolvers<void>();
	await using server = await startServer(
		() =>
			new Response(
				(async function* () {
					await gate.promise;
					yield "late";
				})(),
			),
	);
	const answer = await fetch(server.url); // resolves with the head
	gate.resolve();
	assert.equal(await answer.text(), "late");
});

test("an exchange is settled once, when it has been sent", async () => {
	const all: ReturnType<typeof watched>[] = [];
	await using server = await startServer(async (request) => {
		if (request.rawPath === "/async") {
			await turn();
		}
		const one = watched(
			request.rawPath === "/stream"
				? chunks("o", "k")
				: request.rawPath === "/large"
					? "x".repeat(20_000_000)
					: "ok",
		);
		all.push(one);
		return one.answer(request);
	});
	for (const path of ["/sync", "/async", "/stream", "/large"]) {
		await (await fetch(server.url + path)).text();
	}
	for (const one of all) {
		assert.equal(await one.settled, undefined);
	}
	await server.close();
	assert.deepEqual(
		all.map((one) => one.calls.length),
		[1, 1, 1, 1],
	);
});

test("what fails after the response is logged", async () => {
	let settled = Promise.withResolvers<void>();
	await using server = await startServer((request) => {
		request.whenSettled(() => settled.resolve()); // runs last
		request.whenSettled(() => {
			if (request.rawPath === "/sync") {
				throw new Error("a task");
			}
			return Promise.reject(new Error("a task"));
		});
		return text("ok");
	});
	for (const path of ["/sync", "/async"]) {
		settled = Promise.withResolvers();
		assert.equal((await fetch(server.url + path)).status, 200);
		await settled.promise;
	}
	assert.deepEqual(server.log.lines.slice(1), [
		"GET /sync: an error after the response had been sent, in a background task or a dependency's clean-up: Error: a task",
		"GET /async: an error after the response had been sent, in a background task or a dependency's clean-up: Error: a task",
	]);
});

test("a stream is produced no faster than the client takes it", async () => {
	let produced = 0;
	const { answer, settled } = watched(
		(async function* () {
			for (; produced < 2000; produced++) {
				yield Buffer.alloc(65_536);
			}
		})(),
	);
	await using server = await startServer(answer);
	await using client = await RawClient.open(server.port);
	client.request("/", "connection: close");
	await client.receive("\r\n\r\n");
	client.socket.pause();
	let before = -1;
	while (before !== produced) {
		before = produced;
		for (let turns = 0; turns < 20; turns++) {
			await turn();
		}
	}
	assert.ok(produced < 1000, `${produced} chunks`);
	client.socket.destroy();
	assert.ok((await settled) instanceof ClientGoneError);
	assert.ok(produced < 1000);
});

test("a client that leaves ends the iteration and aborts the signal", async () => {
	let isFinished = false;
	const gone = Promise.withResolvers<unknown>();
	const one = watched(null);
	await using server = await startServer((request) => {
		request.signal.addEventListener("abort", () =>
			gone.resolve(request.signal.reason),
		);
		one.response.body = (async function* () {
			try {
				for (let count = 0; ; count++) {
					yield `${count} `;
					await turn();
				}
			} finally {
				isFinished = true;
			}
		})();
		return one.answer(request);
	});
	{
		await using client = await RawClient.open(server.port);
		client.request("/");
		await client.receive("3 ");
	}
	assert.ok((await gone.promise) instanceof ClientGoneError);
	assert.ok((await one.settled) instanceof ClientGoneError);
	assert.ok(isFinished);
	assert.equal(one.calls.length, 1);
	assert.equal(server.log.lines.length, 1);
});

test("an idle stream that listens to the signal ends when its client leaves, and nothing is logged", async () => {
	const one = watched(null);
	await using server = await startServer((request) => {
		one.response.body = (async function* () {
			yield "first";
			await new Promise((_, reject) => {
				request.signal.addEventListener("abort", () =>
					reject(request.signal.reason),
				);
			});
		})();
		return one.answer(request);
	});
	{
		await using client = await RawClient.open(server.port);
		client.request("/");
		await client.receive("first");
	}
	assert.ok((await one.settled) instanceof ClientGoneError);
	assert.equal(server.log.lines.length, 1);
});

test("an answer that comes when the client has gone is settled, and a stream of it closed", async () => {
	const arrived = Promise.withResolvers<void>();
	const all: ReturnType<typeof watched>[] = [];
	const both = Promise.withResolvers<void>();
	await using server = await startServer(async (request) => {
		arrived.resolve();
		if (!request.signal.aborted) {
			await new Promise((resolve) =>
				request.signal.addEventListener("abort", resolve),
			);
		}
		const one = watched(request.rawPath === "/stream" ? chunks("a") : "a");
		all.push(one);
		if (all.length === 2) {
			both.resolve();
		}
		return one.answer(request);
	});
	for (const path of ["/text", "/stream"]) {
		await using client = await RawClient.open(server.port);
		client.request(path);
		await arrived.promise;
	}
	await both.promise;
	for (const one of all) {
		assert.ok((await one.settled) instanceof ClientGoneError);
	}
});

test("a stream that fails in the middle is seen as broken, and logged", async () => {
	const one = watched(
		(async function* () {
			yield "first";
			await turn();
			throw new Error("no second");
		})(),
	);
	await using server = await startServer(one.answer);
	await assert.rejects((await fetch(`${server.url}/rows`)).text());
	assert.match(String(await one.settled), /no second/);
	assert.match(
		server.log.text,
		/GET \/rows: the body failed while it was being sent: Error: no second/,
	);
});

test("a stream that fails at once after its first chunk is seen as broken", async () => {
	const failing = async function* () {
		yield "first";
		throw new Error("then");
	};
	await using server = await startServer(() => new Response(failing()));
	const answer = fetch(server.url);
	await assert.rejects(answer.then((response) => response.text()));
	assert.match(
		server.log.lines.join(),
		/the body failed while it was being sent/,
	);
});

test("a stream that fails before its first chunk is a 500", async () => {
	const one = watched(
		(async function* () {
			yield* [];
			throw new Error("nothing");
		})(),
	);
	await using server = await startServer(one.answer);
	const answer = await fetch(server.url);
	assert.equal(answer.status, 500);
	assert.match(String(await one.settled), /nothing/);
});

test("a stream that is shorter or longer than it announced is seen as broken", async () => {
	await using server = await startServer(
		(request) =>
			new Response(chunks("abc", "def"), {
				headers: { "content-length": request.rawPath.slice(1) },
			}),
	);
	await assert.rejects(async () => (await fetch(`${server.url}/5`)).text());
	await assert.rejects(async () => (await fetch(`${server.url}/7`)).text());
	assert.equal(await (await fetch(`${server.url}/6`)).text(), "abcdef");
});

test("a file is sent, or a part of it", async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-"));
	try {
		const path = join(folder, "file");
		const content = Buffer.alloc(700_000, "0123456789");
		await writeFile(path, content);
		await using server = await startServer((request) => {
			const [offset = 0, sizeBytes = 0] = request.rawPath
				.slice(1)
				.split("-")
				.map(Number);
			return new Response({ file: { path, offset, sizeBytes } });
		});
		for (const [offset, size] of [
			[0, 700_000],
			[3, 4],
			[699_999, 1],
			[0, 0],
		] as const) {
			const answer = await fetch(`${server.url}/${offset}-${size}`);
			assert.equal(answer.headers.get("content-length"), `${size}`);
			const bytes = Buffer.from(await answer.arrayBuffer());
			assert.ok(bytes.equals(content.subarray(offset, offset + size)));
		}
		const head = await fetch(`${server.url}/0-700000`, { method: "HEAD" });
		assert.equal(head.headers.get("content-length"), "700000");
		await assert.rejects(async () =>
			(await fetch(`${server.url}/0-700001`)).text(),
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});

test("a file that is not there is a 500, and logged", async () => {
	const one = watched({
		file: { path: "/does/not/exist", offset: 0, sizeBytes: 3 },
	});
	await using server = await startServer(one.answer);
	assert.equal((await fetch(server.url)).status, 500);
	assert.match(String(await one.settled), /ENOENT/);
	assert.match(server.log.text, /ENOENT/);
});
