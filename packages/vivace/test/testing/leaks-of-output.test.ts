import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const program = `
import { App } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
import { TestClient } from ${JSON.stringify(import.meta.resolve("../../src/testing.ts"))};
const app = new App();
app.get("/", () => {
	console.log("from the handler");
	console.error("from the handler");
	return "";
});
await using client = await TestClient.start(app);
await client.get("/");
`;

test("what a handler writes first, to a pipe, is no leak", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-"));
	const file = join(folder.path, "program.mjs");
	writeFileSync(file, program);
	const { stdout, stderr } = await promisify(execFile)(process.execPath, [
		file,
	]);
	const line = "from the handler\n";
	assert.deepEqual({ stdout, stderr }, { stdout: line, stderr: line });
});
