import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const program = `
	import { connect } from "node:net";
	import { text } from "node:stream/consumers";
	import { App, serve } from "vivace";

	const app = new App();
	app.get("/plain", () => ({ plain: true }));
	app.get("/web", () => new Response("web"));
	const server = await serve(app, { port: 0 });

	const get = async (path) => {
		const socket = connect(new URL(server.url).port, "127.0.0.1");
		socket.write("GET " + path + " HTTP/1.1\\r\\nHost: test\\r\\nConnection: close\\r\\n\\r\\n");
		return (await text(socket)).slice(9, 12);
	};
	const isClientLoaded = () => process.moduleLoadList.some((name) => name.endsWith("undici"));
	const seen = [await get("/plain"), isClientLoaded(), await get("/web"), isClientLoaded()];
	console.log(JSON.stringify(seen));
	process.exit();
`;

test("Node's HTTP client is not loaded until the program asks for one of its classes", async () => {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		["--input-type=module", "--eval", program],
		{ cwd: import.meta.dirname, env: { ...process.env, NODE_OPTIONS: "" } },
	);
	const seen: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
	assert.deepEqual(seen, ["200", false, "200", true]);
});
