import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { suite, test } from "node:test";
import { Response } from "../../../src/http/response.ts";
import { knownHeads } from "../../../src/server/node/known-heads.ts";
import { startServer } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const { writeHead } = ServerResponse.prototype;

const answers: Readonly<Record<string, () => Response>> = {
	"a text": () => new Response("é", { mediaType: "text/plain" }),
	JSON: () => new Response("{}", { mediaType: "application/json" }),
	"another status": () =>
		new Response("no", { status: 404, mediaType: "text/plain" }),
	"a status without a phrase of its own": () =>
		new Response("?", { status: 299, mediaType: "text/plain" }),
	"a type beyond ASCII": () =>
		new Response("a", { headers: { "content-type": "text/ü" } }),
	"a length that is wrong": () =>
		new Response("abc", {
			headers: { "content-type": "text/plain", "content-length": "9" },
		}),
	bytes: () =>
		new Response(new Uint8Array([65]), { mediaType: "application/x" }),
	"no type": () => new Response("abc"),
	"no body": () => new Response(null, { mediaType: "text/plain" }),
	"an empty text": () => new Response("", { mediaType: "text/plain" }),
	"a status without a body": () => new Response(null, { status: 204 }),
	"one more header": () =>
		new Response("abc", { mediaType: "text/plain", headers: { "x-a": "1" } }),
	"a date of its own": () =>
		new Response("abc", {
			mediaType: "text/plain",
			headers: { date: "today" },
		}),
};

suite("the head of an answer is that of node:http to the letter", () => {
	for (const keepAliveTimeoutMs of [65_000, 4_999, 0]) {
		test(`with keepAliveTimeoutMs ${keepAliveTimeoutMs}`, async (context) => {
			await using server = await startServer(
				(request) => (answers[request.path.slice(1)] as () => Response)(),
				{ keepAliveTimeoutMs },
			);
			const received = async (name: string, method: string, last: string) => {
				await using client = await RawClient.open(server.port);
				const target = `/${encodeURIComponent(name)}`;
				client.send(
					`${method} ${target} HTTP/1.1`,
					"host: test",
					"",
					`GET ${target} ${last}`,
					"host: test",
					"connection: close",
					"",
					"",
				);
				await client.closed;
				return client.received.replaceAll(/Date: [^\r]+GMT/g, "Date: now");
			};
			for (const name of Object.keys(answers)) {
				for (const method of ["GET", "HEAD"]) {
					for (const last of ["HTTP/1.1", "HTTP/1.0"]) {
						const ours = await received(name, method, last);
						const around = context.mock.method(
							ServerResponse.prototype,
							"writeHead",
						);
						const expected = await received(name, method, last);
						around.mock.restore();
						assert.equal(around.mock.callCount(), 2);
						assert.equal(ours, expected, `${method} ${name}`);
						assert.match(ours, /Date: now|date: today/);
					}
				}
			}
		});
	}
});

test("a head is put together from what is kept, with the date of the second", async (context) => {
	await using server = await startServer(
		() => new Response("abc", { mediaType: "text/plain" }),
	);
	await using client = await RawClient.open(server.port);
	client.request("/");
	await client.receive("abc");
	const [, date = ""] = /Date: ([^\r]+)/.exec(client.received) ?? [];
	assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
	assert.equal(ServerResponse.prototype.writeHead, writeHead);
	context.mock.method(ServerResponse.prototype, "setHeader");
	const around = context.mock.method(ServerResponse.prototype, "writeHead");
	client.request("/", "connection: close");
	await client.closed;
	assert.equal(around.mock.callCount(), 1); // whoever looks at heads sees them
});

/** A response that nothing speaks against. */
function usual(): ServerResponse {
	const outgoing = new ServerResponse(new IncomingMessage(new Socket()));
	outgoing.shouldKeepAlive = true;
	return outgoing;
}

test("what was put around `writeHead` before Vivace was loaded sees each head", async (context) => {
	context.mock.method(ServerResponse.prototype, "writeHead");
	const loadedLater = "../../../src/server/node/known-heads.ts?later";
	const later: { knownHeads: typeof knownHeads } = await import(loadedLater);
	const heads = later.knownHeads({ keepAliveTimeoutMs: 5000 });
	assert.equal(heads?.write(usual(), 200, "text/plain", 3), false);
	context.mock.restoreAll();
	assert.equal(heads.write(usual(), 200, "text/plain", 3), false);
});

test("the length that a body is held against is left to node:http", () => {
	const heads = knownHeads({ keepAliveTimeoutMs: 5000 });
	for (const strictContentLength of [false, true]) {
		const outgoing = Object.assign(usual(), { strictContentLength });
		assert.equal(
			heads?.write(outgoing, 200, "text/plain", 3),
			!strictContentLength,
		);
	}
});
