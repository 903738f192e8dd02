import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const program = `
	const loadedBefore = process.moduleLoadList.length;
	const { App, serve } = await import("vivace");
	const { connect } = process.getBuiltinModule("node:net");

	const app = new App();
	app.get("/plain", () => ({ plain: true }));
	app.get("/web", () => new Response("web"));
	const server = await serve(app, { port: 0 });

	const get = async (path) => {
		const socket = connect(new URL(server.url).port, "127.0.0.1");
		socket.write("GET " + path + " HTTP/1.1\\r\\nHost: test\\r\\nConnection: close\\r\\n\\r\\n");
		let text = "";
		for await (const chunk of socket) text += chunk;
		return text.slice(9, 12);
	};
	const isClientLoaded = () => process.moduleLoadList.some((name) => name.endsWith("undici"));
	const status = await get("/plain");
	const loaded = process.moduleLoadList.slice(loadedBefore).map((name) => name.replace(/^.* /, ""));
	const seen = [status, isClientLoaded(), await get("/web"), isClientLoaded()];
	console.log(JSON.stringify({ seen, loaded }));
	process.exit();
`;

/** Each takes a start of a plain app 1 to 5 ms: an import of node:util or node:fs would read what loads the last two. */
const needless = [
	"worker_threads",
	"fs/promises",
	"readline",
	"zlib",
	"crypto",
	"internal/blocklist",
	"internal/mime",
	"internal/fs/streams",
];

test("a plain app loads none of Node's modules that it does not need, and its HTTP client only when it asks for one of its classes", async () => {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		["--input-type=module", "--eval", program],
		{ cwd: import.meta.dirname, env: { ...process.env, NODE_OPTIONS: "" } },
	);
	const { seen, loaded } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
	assert.deepEqual(seen, ["200", false, "200", true]);
	assert.deepEqual(
		needless.filter((name) => loaded.includes(name)),
		[],
	);
});
