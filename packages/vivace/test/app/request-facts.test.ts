import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { App, Response, ResponseHeaders, serve } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

function telling(): App {
	const sub = new App({ title: "Sub", logger: quiet });
	sub.get("/", (_values, request) => ({
		title: request.app.title,
		isApp: request.app instanceof App,
		version: request.httpVersion ?? null,
		lines: request.rawHeaders.filter(([name]) => name.startsWith("x-")),
	}));
	const app = new App({ title: "Outer", logger: quiet });
	app.use(async (request, next) => {
		const response = await next(request);
		response.headers.set("x-app", request.app.title);
		return response;
	});
	app.get("/items/{id}", function read_item({ id }) {
		return id;
	});
	app.get("/path", (_values, { app }) =>
		app.urlPathFor("read_item", { id: 1 }),
	);
	app.mount("/sub", sub);
	return app;
}

test("a request knows its app, the lines of its headers and the version of HTTP", async () => {
	await using server = await serve(telling(), {
		port: 0,
		signals: false,
		log: quiet,
	});
	for (const version of ["1.0", "1.1"]) {
		const socket = connect(server.port, "127.0.0.1");
		socket.write(
			`GET /sub/ HTTP/${version}\r\nHost: x.test\r\nX-B: 1, 2\r\nX-A: 3\r\nx-b: 4\r\nConnection: close\r\n\r\n`,
		);
		let answer = "";
		socket.setEncoding("utf8").on("data", (text: string) => {
			answer += text;
		});
		await once(socket, "close");
		assert.match(answer, /x-app: Outer/i);
		assert.deepEqual(JSON.parse(answer.slice(answer.indexOf("{"))), {
			title: "Sub",
			isApp: true,
			version,
			lines: [
				["x-b", "1, 2"],
				["x-a", "3"],
				["x-b", "4"],
			],
		});
	}
});

test("so does one in process, but for the version", async () => {
	await using client = await TestClient.start(telling());
	const headers = [
		["X-B", "1"],
		["X-A", "2"],
		["x-b", "3"],
	] as const;
	const response = await client.get("/sub/", { headers });
	assert.deepEqual(await response.json(), {
		title: "Sub",
		isApp: true,
		version: null,
		lines: [
			["x-b", "1"],
			["x-a", "2"],
			["x-b", "3"],
		],
	});
	assert.equal(await (await client.get("/path")).json(), "/items/1");
});

test("addVary() names each header once", () => {
	const { headers } = new Response();
	headers.addVary("Accept");
	assert.equal(headers.get("vary"), "Accept");
	headers.addVary("accept");
	headers.addVary("Origin");
	assert.equal(headers.get("vary"), "Accept, Origin");
	const all = new ResponseHeaders({ vary: "*" });
	all.addVary("Origin");
	assert.equal(all.get("vary"), "*");
});
