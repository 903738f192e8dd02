import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
	App,
	PlainTextResponse,
	type Server,
	serve,
} from "../../../../src/index.ts";
import { LogLines } from "../../port-app.ts";
import { RawClient } from "../../raw-client.ts";
import { type Attack, chunked, post } from "./attack.ts";
import { codings, lengths } from "./bodies.ts";
import { chunks, pipelines } from "./chunks.ts";
import { fields } from "./fields.ts";
import { hosts, requestLines } from "./request-line.ts";

/** Attacks on HTTP servers in every place of a request, and the answers of RFC 9110 and 9112. */
const attacks: Readonly<Record<string, readonly Attack[]>> = {
	"a request line": requestLines,
	"a Host": hosts,
	fields,
	"a Content-Length": lengths,
	"a Transfer-Encoding": codings,
	chunks,
	"several requests": pipelines,
};

const next = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const nextAnswer = "GET /next ";

/** The answers in what was received: the body of a 200, the status of any other, each of which says how long it is. */
function answersIn(received: string): (string | number)[] {
	const answers: (string | number)[] = [];
	let rest = received;
	while (rest !== "") {
		const end = rest.indexOf("\r\n\r\n") + 4;
		const head = rest.slice(0, end);
		const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
		assert.ok(status, `no answer: ${rest}`);
		const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
		const body = rest.slice(end, end + length);
		assert.equal(body.length, length, "an answer is whole");
		answers.push(status === 200 ? body : status);
		rest = rest.slice(end + length);
	}
	return answers;
}

suite("on the wire", () => {
	const log = new LogLines();
	let server: Server;
	/** All at the same time: where a body is refused, the server listens for a second to what comes. */
	const sent = new Map<Attack, Promise<string>>();
	before(async () => {
		const app = new App({ logger: log, limits: { bodyBytes: 1_000_000 } });
		app.use(async (request) => {
			const body = Buffer.from(await request.bytes()).toString("latin1");
			return new PlainTextResponse(
				`${request.method} ${request.rawPath} ${body}`,
			);
		});
		server = await serve(app, { port: 0, signals: false, log });
		for (const attack of Object.values(attacks).flat()) {
			const received = send(attack);
			received.catch(() => {}); // its test says so
			sent.set(attack, received);
		}
	});
	after(() => server?.[Symbol.asyncDispose]());

	/** Resolves to what was received when the connection is closed. */
	async function send([, bytes, ...answers]: Attack): Promise<string> {
		await using client = await RawClient.open(server.port);
		client.socket.write(bytes, "latin1");
		if (answers.at(-1) === "open") {
			client.socket.write(next, "latin1");
		}
		await client.closed;
		return client.received;
	}

	/** Another client is served, and nothing was our own mistake. */
	async function assertServes(): Promise<void> {
		await using client = await RawClient.open(server.port);
		client.send(next);
		await client.closed;
		assert.deepEqual(answersIn(client.received), [nextAnswer]);
		assert.deepEqual(
			log.lines.filter((line) => /error/i.test(line)),
			[],
		);
	}

	for (const [place, rows] of Object.entries(attacks)) {
		suite(place, () => {
			for (const attack of rows) {
				const [name, , ...answers] = attack;
				test(`with ${name}: ${answers.at(-1)}`, async () => {
					const isOpen = answers.at(-1) === "open";
					assert.deepEqual(
						answersIn((await sent.get(attack)) ?? ""),
						isOpen ? [...answers.slice(0, -1), nextAnswer] : answers,
					);
					await assertServes();
				});
			}
		});
	}

	test("a client that goes away after any byte of a request harms nobody", async () => {
		const whole = post(
			`${chunked}Expect: 100-continue\r\n`,
			"3;x\r\nabc\r\n0\r\nX: 1\r\n\r\n",
		);
		const cuts = Array.from({ length: whole.length + 1 }, (_, cut) => cut);
		await Promise.all(
			cuts.map(async (cut) => {
				await using client = await RawClient.open(server.port);
				const part = whole.slice(0, cut);
				await new Promise((sent) => client.socket.write(part, "latin1", sent));
				if (cut % 2 === 0) {
					client.socket.resetAndDestroy();
				} else {
					client.socket.end();
				}
				await client.closed;
			}),
		);
		await assertServes();
	});
});
