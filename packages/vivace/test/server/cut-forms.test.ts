import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { App, type Server, serve, UploadFile } from "vivace";
import { rounds } from "../support/rounds.ts";
import recorded from "./fixtures/recorded-forms.json" with { type: "json" };
import { RawClient } from "./raw-client.ts";

// Bodies as real clients have sent them: the same form, filled in by a script, curl, Python and a person in a browser.
const forms = recorded.map(({ client, contentType, body }) => ({
	client,
	contentType,
	body: Buffer.from(body, "base64"),
}));

const hardContent = Buffer.concat([
	Buffer.from("\r\n--\r\n----\r\n------WebKitFormBoundary\r\n\r\n-\r\r\n\n--"),
	Uint8Array.from({ length: 256 }, (_, byte) => byte),
	Buffer.from("\r\n--"),
]).toString("latin1");

const expected = [
	["text", null, null, Buffer.from("é€\r\nline").toString("latin1")],
	["empty", null, null, ""],
	["__proto__", null, null, "polluted"],
	["a%22b", null, null, "quoted"],
	["files", "hard.bin", "application/octet-stream", hardContent],
	["files", "ü;b.txt", "text/plain", "plain\r\n"],
	["files", "empty.txt", "text/plain", ""],
];

type Part = readonly [string, string | null, string | null, string];

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

const app = new App();
app.post("/form", async (_, request) => {
	const parts: Part[] = [];
	for (const [name, value] of await request.form()) {
		parts.push(
			value instanceof UploadFile
				? [
						name,
						value.filename,
						value.contentType ?? null,
						latin1(await value.bytes()),
					]
				: [name, null, null, latin1(Buffer.from(value))],
		);
	}
	return parts;
});
app.post("/parts", async (_, request) => {
	const parts: Part[] = [];
	for await (const part of request.parts()) {
		const { name, filename = null, contentType = null } = part;
		parts.push([name, filename, contentType, latin1(await part.bytes())]);
	}
	return parts;
});

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Cuts at random places, more often near the boundaries than elsewhere. */
function cut(body: Buffer, random: () => number): Buffer[] {
	const places = new Set([body.length]);
	const near = Array.from(body.toString("latin1").matchAll(/\r\n--/g)).map(
		({ index }) => index,
	);
	for (let count = random() * 40; count > 0; count--) {
		const around = near[Math.floor(random() * near.length)] ?? 0;
		const place =
			random() < 0.7
				? around + Math.floor(random() * 50) - 4
				: Math.floor(random() * body.length);
		places.add(Math.max(1, Math.min(body.length, place)));
	}
	let from = 0;
	return [...places]
		.sort((one, other) => one - other)
		.map((to) => {
			const piece = body.subarray(from, to);
			from = to;
			return piece;
		});
}

describe("a form of a real client gives the same parts, however it is cut:", () => {
	let server: Server;
	before(async () => {
		server = await serve(app, { port: 0, signals: false, log: silent });
	});
	after(() => server.close());

	/** Each piece is a chunk of its own (RFC 9112 §7.1), so that it comes to the parser as it was cut. */
	async function ask(
		target: string,
		contentType: string | undefined,
		pieces: readonly Uint8Array[],
	): Promise<unknown> {
		await using client = await RawClient.open(server.port);
		client.send(
			`POST ${target} HTTP/1.1`,
			"host: test",
			`content-type: ${contentType}`,
			"transfer-encoding: chunked",
			"connection: close",
			"",
			"",
		);
		for (const piece of pieces) {
			client.socket.write(`${piece.length.toString(16)}\r\n`);
			client.socket.write(piece);
			client.socket.write("\r\n");
		}
		client.send("0", "", "");
		await client.closed;
		const [head = "", ...rest] = client.received.split("\r\n\r\n");
		assert.match(head, /^HTTP\/1.1 200 /, client.received);
		// the answer is JSON in UTF-8; the client reads latin-1
		return JSON.parse(Buffer.from(rest.join(""), "latin1").toString());
	}

	for (const { client, contentType, body } of forms) {
		for (const target of ["/form", "/parts"]) {
			test(`${client}, ${target}`, async () => {
				const whole = await ask(target, contentType, [body]);
				assert.deepEqual((whole as Part[]).slice(0, -1), expected);
				const bytes = Array.from(body, (byte) => Uint8Array.of(byte));
				assert.deepEqual(await ask(target, contentType, bytes), whole);
				const random = randomNumbers(body.length);
				for (let round = 0; round < rounds(60); round++) {
					const pieces = cut(body, random);
					assert.deepEqual(
						await ask(target, contentType, pieces),
						whole,
						`cut into ${pieces.map(({ length }) => length)}`,
					);
				}
			});
		}
	}
});

const silent = { info() {}, warn() {}, error() {} };
