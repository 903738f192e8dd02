import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import {
	App,
	HTTPException,
	JSONResponse,
	StreamingResponse,
	serve,
} from "../../src/index.ts";
import { requestLine } from "../../src/logging/request-line.ts";
import { jsonLog, type RequestLogEntry } from "../../src/logging.ts";

const quiet = { info() {}, warn() {}, error() {} };

/** Serves an app and gathers its entries. */
async function served(app: App) {
	const entries: RequestLogEntry[] = [];
	const waiting: ((entry: RequestLogEntry) => void)[] = [];
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: quiet,
		requestLog: (entry) => {
			entries.push(entry);
			waiting.shift()?.(entry);
		},
	});
	/** The entry of the request that is made. */
	const entryOf = async (
		path: string,
		init?: RequestInit,
	): Promise<RequestLogEntry> => {
		const entry = new Promise<RequestLogEntry>((tell) => waiting.push(tell));
		const response = await fetch(`${server.url}${path}`, init);
		await response.arrayBuffer();
		return await entry;
	};
	return { server, entries, entryOf };
}

const inner = new App();
inner.get("/deep/{name}", { name: z.string() }, ({ name }) => name);

function shop(): App {
	const app = new App({ logger: quiet, health: true });
	app.get("/items/{item_id}", { item_id: z.int(), q: z.string() }, () => "ok");
	app.post("/login", { body: z.object({ password: z.int() }) }, () => "ok");
	app.get("/refused", {}, () => {
		throw new HTTPException(403, "not\nyours");
	});
	app.get("/broken", {}, () => {
		throw new TypeError("secret");
	});
	class OutOfStock extends Error {}
	app.exceptionHandler(
		OutOfStock,
		() => new JSONResponse({ detail: "none left" }, { status: 409 }),
	);
	app.get("/sold", {}, () => {
		throw new OutOfStock("secret");
	});
	app.get("/stream", {}, () => {
		async function* parts() {
			yield "a";
			await new Promise((resolve) => setTimeout(resolve, 20));
			yield "b";
		}
		return new StreamingResponse(parts());
	});
	app.mount("/inner", inner);
	app.mount("/node", ((
		_: unknown,
		outgoing: import("node:http").ServerResponse,
	) => {
		outgoing.statusCode = 418;
		outgoing.end();
	}) as never);
	return app;
}

describe("the request log of a server", () => {
	it("tells what became of each request", async () => {
		const { server, entryOf } = await served(shop());
		await using _ = server;
		const rows: [
			path: string,
			init: RequestInit | undefined,
			expected: Partial<RequestLogEntry>,
		][] = [
			[
				"/items/1?q=secret",
				{ headers: { "x-request-id": "a-1" } },
				{
					level: "info",
					method: "GET",
					path: "/items/1",
					route: "/items/{item_id}",
					status: 200,
					requestId: "a-1",
					client: "127.0.0.1",
					reason: undefined,
				},
			],
			[
				"/items/x",
				undefined,
				{
					level: "warn",
					status: 422,
					reason:
						"path.item_id: Input should be a valid integer, unable to parse string as an integer (and 1 more)",
				},
			],
			[
				"/login",
				{
					method: "POST",
					body: '{"password": "geheim"}',
					headers: { "content-type": "application/json" },
				},
				{
					status: 422,
					reason:
						"body.password: Input should be a valid integer, unable to parse string as an integer",
				},
			],
			[
				"/login",
				{ method: "POST", body: new URLSearchParams("password=geheim") },
				{
					status: 422,
					reason:
						"body: Input should be a valid dictionary or object to extract fields from (the body came as application/x-www-form-urlencoded)",
				},
			],
			[
				"/login",
				{ method: "POST", headers: { "content-type": "a b" } },
				{
					status: 422,
					reason: "body: Field required (the body came without a Content-Type)",
				},
			],
			["/refused", undefined, { status: 403, reason: "not\nyours" }],
			[
				"/broken",
				undefined,
				{ level: "error", status: 500, reason: "TypeError" },
			],
			["/sold", undefined, { status: 409, reason: "OutOfStock" }],
			[
				"/none",
				undefined,
				{ status: 404, route: undefined, reason: "Not Found" },
			],
			[
				"/inner/deep/x",
				undefined,
				{ status: 200, route: "/inner/deep/{name}" },
			],
			["/node/x", undefined, { status: 418, level: "warn" }],
			[
				"/items/1",
				{ method: "HEAD", headers: { "x-request-id": "a b" } },
				{ status: 405, requestId: undefined, reason: "Method Not Allowed" },
			],
		];
		for (const [path, init, expected] of rows) {
			const entry = await entryOf(path, init);
			const shown = Object.fromEntries(
				Object.keys(expected).map((name) => [
					name,
					entry[name as keyof RequestLogEntry],
				]),
			);
			assert.deepEqual(shown, expected, path);
		}
	});

	it("tells a stream when it has ended", async () => {
		const { server, entryOf } = await served(shop());
		await using _ = server;
		const { status, durationMs } = await entryOf("/stream");
		assert.equal(status, 200);
		assert.ok(durationMs >= 19, String(durationMs));
	});

	it("tells that a client has gone", async () => {
		const asked = Promise.withResolvers<void>();
		const app = new App({ logger: quiet });
		app.get("/slow", {}, async () => {
			asked.resolve();
			await new Promise((resolve) => setTimeout(resolve, 50));
			return "late";
		});
		const { server, entries } = await served(app);
		await using _ = server;
		const socket = connect(server.port, "127.0.0.1");
		socket.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
		await asked.promise;
		socket.destroy();
		await once(socket, "close");
		while (entries.length === 0) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		assert.equal(entries[0]?.reason, "the client has gone");
	});

	it("leaves out probes of health that succeed, not those that fail", async () => {
		const { server, entries, entryOf } = await served(shop());
		await using _ = server;
		await (await fetch(`${server.url}/livez`)).text();
		await (await fetch(`${server.url}/readyz`)).text();
		await entryOf("/none");
		assert.deepEqual(
			entries.map(({ path }) => path),
			["/none"],
		);
	});
});

const entry: RequestLogEntry = {
	time: new Date(2026, 10, 29, 12, 4, 31, 7),
	level: "warn",
	method: "GET",
	path: "/items/x",
	route: "/items/{item_id}",
	status: 422,
	durationMs: 1.26,
	client: "127.0.0.1",
	requestId: undefined,
	reason: "query.q: Field required",
};

describe("the line of a request", () => {
	const plain = (changes: Partial<RequestLogEntry>) =>
		stripVTControlCharacters(requestLine({ ...entry, ...changes }));

	it("has time, method, path, status, duration and the reason", () => {
		assert.equal(
			plain({}),
			"12:04:31.007 GET /items/x 422 1.3 ms · query.q: Field required",
		);
		assert.equal(
			plain({ durationMs: 12_345, reason: undefined, requestId: "a-1" }),
			"12:04:31.007 GET /items/x 422 12.3 s [a-1]",
		);
		assert.equal(
			plain({ durationMs: 41.7, reason: undefined, status: undefined }),
			"12:04:31.007 GET /items/x – 42 ms",
		);
	});

	it("stays one line of visible characters, whatever a client sends", () => {
		const reason = `a\n12:04:31.007 GET /admin 200\u001b[2J\u2028\u202e${"x".repeat(300)}`;
		const line = plain({ reason });
		assert.ok(
			line.includes(
				"· a\\u{A}12:04:31.007 GET /admin 200\\u{1B}[2J\\u{2028}\\u{202E}xxx",
			),
			line,
		);
		assert.ok(line.length < 300);
	});
});

describe("jsonLog", () => {
	function written(use: (log: ReturnType<typeof jsonLog>) => void): unknown[] {
		const lines: string[] = [];
		use(
			jsonLog({
				write: (line) => lines.push(line),
				fields: { service: "shop" },
			}),
		);
		assert.ok(lines.every((line) => !line.includes("\n")));
		return lines.map((line) => JSON.parse(line));
	}

	it("writes requests", () => {
		assert.deepEqual(
			written((log) => log.request(entry)),
			[
				{
					time: entry.time.toISOString(),
					level: "warn",
					message: "GET /items/x 422",
					service: "shop",
					method: "GET",
					path: "/items/x",
					route: "/items/{item_id}",
					status: 422,
					duration_ms: 1.26,
					client: "127.0.0.1",
					reason: "query.q: Field required",
				},
			],
		);
	});

	it("writes errors with their causes, also such that contain themselves", () => {
		const error = new TypeError("outer", { cause: new Error("inner") });
		const round = new Error("round");
		round.cause = round;
		const [line, second, third] = written((log) => {
			log.error("failed", error);
			log.warn("odd", round);
			log.info("listening");
		}) as Record<string, unknown>[];
		assert.deepEqual(
			{ ...line, time: "", error: { ...(line?.error as object), stack: "" } },
			{
				time: "",
				level: "error",
				message: "failed",
				service: "shop",
				error: {
					name: "TypeError",
					message: "outer",
					stack: "",
					cause: {
						name: "Error",
						message: "inner",
						stack: (error.cause as Error).stack,
					},
				},
			},
		);
		assert.equal(second?.level, "warn");
		assert.deepEqual(
			{ ...third, time: "" },
			{ time: "", level: "info", message: "listening", service: "shop" },
		);
	});
});
