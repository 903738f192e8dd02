import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";
import { z } from "zod";
import { App, HTTPException, Query, serve } from "../../src/index.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import { chromiumMissing, startChromium } from "../support/chromium.ts";
import { python, websocketsMissing } from "../support/python.ts";
import { LogLines } from "./port-app.ts";

const run = promisify(execFile);
const large = "ä€😀".repeat(20_000);

/** The same app for all clients: echo, a refusal, a subprotocol, a close code, what compression does. */
function echoApp(): App {
	const app = new App();
	app.get("/", () => "page");
	app.websocket(
		{
			path: "/echo",
			subprotocols: ["v2", "v1"],
			limits: { compression: true },
		},
		{ token: Query(z.string().optional()) },
		async ({ token }, socket) => {
			if (token === "wrong") {
				throw new HTTPException(401);
			}
			for await (const message of socket) {
				if (message === "close") {
					await socket.close(4123, "as you like");
				} else {
					await socket.send(message);
				}
			}
		},
	);
	return app;
}

suite("real clients", () => {
	let server: Server;
	let address: string;
	before(async () => {
		server = await serve(echoApp(), {
			port: 0,
			signals: false,
			log: new LogLines(),
		});
		address = server.url.replace("http", "ws");
	});
	after(() => server.close());

	test("the runtime's own: texts, bytes, a subprotocol, the close code, a refusal", async () => {
		const client = new globalThis.WebSocket(`${address}/echo`, ["v1", "v2"]);
		client.binaryType = "arraybuffer";
		await event(client, "open");
		assert.equal(client.protocol, "v2");
		client.send(large);
		assert.equal((await event(client, "message")).data, large);
		client.send(new Uint8Array([0, 255]));
		assert.deepEqual(
			new Uint8Array((await event(client, "message")).data as ArrayBuffer),
			new Uint8Array([0, 255]),
		);
		client.send("close");
		const { code, reason, wasClean } = await event(client, "close");
		assert.deepEqual(
			{ code, reason, wasClean },
			{ code: 4123, reason: "as you like", wasClean: true },
		);
		const refused = new globalThis.WebSocket(`${address}/echo?token=wrong`);
		refused.addEventListener("error", () => {});
		// 1006, says the standard; the client of older versions of Node 24, as 24.8, says 1002
		const codes = process.version.startsWith("v24.") ? [1002, 1006] : [1006];
		const { code: refusedCode } = await event(refused, "close");
		assert.ok(codes.includes(refusedCode), `${refusedCode}`);
	});

	test("Chromium: texts, bytes, a subprotocol, the close code, a refusal", {
		skip: chromiumMissing ?? false,
	}, async () => {
		await using browser = await startChromium();
		const page = await browser.newPage();
		await page.goto(server.url);
		const told = await page.evaluate(talk, { address, large });
		assert.deepEqual(told, {
			protocol: "v2",
			isSame: true,
			bytes: [0, 255],
			closed: [4123, "as you like", true],
			refused: 1006,
		});
	});

	test("Python's websockets: texts, bytes, fragments, pings, the close code, a refusal", {
		skip: websocketsMissing ?? false,
	}, async () => {
		const { stdout } = await run(python, ["-c", pythonProgram, address]);
		assert.deepEqual(JSON.parse(stdout), {
			protocol: "v2",
			extensions: "Deno" in globalThis ? "" : "permessage-deflate",
			text: large.length,
			bytes: [0, 255],
			fragments: "Hello",
			ponged: true,
			closed: [4123, "as you like"],
			refused: 401,
		});
	});
});

/** The next event of a socket. */
function event(
	client: globalThis.WebSocket,
	name: string,
	// biome-ignore lint/suspicious/noExplicitAny: each event has members of its own
): Promise<any> {
	return new Promise((resolve) => {
		client.addEventListener(name, resolve, { once: true });
	});
}

/** Runs in the page. */
async function talk({
	address,
	large,
}: {
	readonly address: string;
	readonly large: string;
}): Promise<unknown> {
	// biome-ignore lint/suspicious/noExplicitAny: each event has members of its own
	const next = (client: WebSocket, name: string): Promise<any> =>
		new Promise((resolve) => {
			client.addEventListener(name, resolve, { once: true });
		});
	const client = new WebSocket(`${address}/echo`, ["v1", "v2"]);
	client.binaryType = "arraybuffer";
	await next(client, "open");
	client.send(large);
	const isSame = (await next(client, "message")).data === large;
	client.send(new Uint8Array([0, 255]));
	const bytes = [...new Uint8Array((await next(client, "message")).data)];
	client.send("close");
	const { code, reason, wasClean } = await next(client, "close");
	const refused = new WebSocket(`${address}/echo?token=wrong`);
	const end = await next(refused, "close");
	return {
		protocol: client.protocol,
		isSame,
		bytes,
		closed: [code, reason, wasClean],
		refused: end.code,
	};
}

const pythonProgram = `
import asyncio, json, sys
import websockets

async def main(address):
    told = {}
    async with websockets.connect(address + "/echo", subprotocols=["v1", "v2"]) as ws:
        told["protocol"] = ws.subprotocol
        told["extensions"] = ",".join(each.name for each in ws.extensions)
        large = "ä€😀" * 20000
        await ws.send(large)
        text = await ws.recv()
        assert text == large
        told["text"] = len(text.encode("utf-16-le")) // 2
        await ws.send(bytes([0, 255]))
        told["bytes"] = list(await ws.recv())
        await ws.send(["He", "l", "lo"])
        told["fragments"] = await ws.recv()
        await (await ws.ping())
        told["ponged"] = True
        await ws.send("close")
        try:
            await ws.recv()
        except websockets.ConnectionClosed as closed:
            told["closed"] = [closed.rcvd.code, closed.rcvd.reason]
    try:
        await websockets.connect(address + "/echo?token=wrong")
    except websockets.InvalidStatusCode as refused:
        told["refused"] = refused.status_code
    print(json.dumps(told))

asyncio.run(main(sys.argv[1]))
`;
