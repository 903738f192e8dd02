import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = join(import.meta.dirname, "../../src/index.ts");
const testing = join(import.meta.dirname, "../../src/testing.ts");
let folder: string;

/** The programs lie beside this test, where the package's imports are found. */
before(async () => {
	folder = await mkdtemp(join(import.meta.dirname, "unserved-"));
});
after(() => rm(folder, { recursive: true }));

async function errorsOf(program: string): Promise<string> {
	const file = join(folder, "main.ts");
	await writeFile(file, program);
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const { stderr } = await run(process.execPath, [file], { cwd: folder, env });
	return stderr;
}

const declared = `import { App, Router } from ${JSON.stringify(source)};
const app = new App();
app.get("/", () => "hello");
`;

suite("a program that declares an app and ends", () => {
	test("is told that nothing serves it", async () => {
		assert.equal(
			(await errorsOf(declared)).trim(),
			'main.ts:2: an app is declared here, but nothing serves it; add "await serve(app)", or start it with "npx vivace run main.ts".',
		);
	});

	test("is told nothing when it asks for its document, or tries it", async () => {
		assert.equal(await errorsOf(`${declared}app.openapi();`), "");
		assert.equal(
			await errorsOf(`import { TestClient } from ${JSON.stringify(testing)};
${declared}const client = await TestClient.start(app);
await client.get("/");
await client.close();`),
			"",
		);
		assert.equal(
			await errorsOf(
				`${declared}await app.fetch(new Request("http://a.example/"));`,
			),
			"",
		);
	});

	test("is told nothing when its workers serve it", async () => {
		const served = `import { serve } from ${JSON.stringify(source)};
${declared}await serve(app, { port: 0, workers: 1 });
process.kill(process.pid, "SIGTERM");`;
		assert.doesNotMatch(await errorsOf(served), /nothing serves it/);
	});

	test("is told nothing when it ends for another reason", async () => {
		await assert.rejects(errorsOf(`${declared}process.exit(3);`), (error) => {
			assert.equal((error as { stderr?: string }).stderr, "");
			return true;
		});
	});
});
