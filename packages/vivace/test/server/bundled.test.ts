import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { suite, test } from "node:test";
import { type BuildOptions, build } from "esbuild";
import type { OpenApiDocument } from "../../src/index.ts";
import { Program } from "./program.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const source = join(import.meta.dirname, "../../src");

/** The program in one file, in a folder that is removed at the end. */
async function bundled(
	options: BuildOptions,
	{ isComplete = false } = {},
): Promise<{ readonly file: string } & Disposable> {
	const folder = mkdtempSync(join(tmpdir(), "vivace-bundle-"));
	const extension = options.format === "cjs" ? "cjs" : "mjs";
	const outfile = join(folder, `main.${extension}`);
	await build({
		entryPoints: [join(fixtures, "bundled.ts")],
		bundle: true,
		platform: "node",
		format: "esm",
		logLevel: "silent",
		outfile,
		...options,
	});
	if (isComplete) {
		cpSync(join(source, "docs/assets"), join(folder, "assets"), {
			recursive: true,
		});
		await build({
			entryPoints: [join(source, "server/lifecycle/watchdog-thread.ts")],
			platform: "node",
			format: "esm",
			outfile: join(folder, "watchdog-thread.js"),
		});
	}
	return {
		file: relative(fixtures, outfile),
		[Symbol.dispose]: () => rmSync(folder, { recursive: true }),
	};
}

async function answers(
	port: number,
	path: string,
): Promise<{ readonly status: number; readonly text: string }> {
	const response = await fetch(`http://127.0.0.1:${port}${path}`);
	return { status: response.status, text: await response.text() };
}

async function operationId(port: number): Promise<unknown> {
	const { text } = await answers(port, "/openapi.json");
	const { paths }: OpenApiDocument = JSON.parse(text);
	const operation = paths["/items/{item_id}"]?.get;
	return (operation as { readonly operationId?: unknown })?.operationId;
}

const script = "/docs/swagger-ui-dist@5/swagger-ui-bundle.js";

suite("a program that esbuild has made one file of", () => {
	for (const format of ["esm", "cjs"] as const) {
		test(`serves and stops as ${format}, and says what it lacks`, async () => {
			using bundle = await bundled({ format });
			await using program = new Program(bundle.file);
			const port = await program.listens();
			assert.match(
				program.output,
				/bundled without the folder "assets" \(what \/docs loads.*"watchdog-thread\.js".*--packages=external/,
			);
			assert.deepEqual(await answers(port, "/items/1"), {
				status: 200,
				text: '{"item_id":1}',
			});
			for (const path of ["/docs", "/redoc", script]) {
				const { status, text } = await answers(port, path);
				assert.equal(status, 404, path);
				assert.match(text, /"detail":"What this page loads .* bundled/);
			}
			assert.equal(await operationId(port), "read_item_items__item_id__get");
			program.kill("SIGTERM");
			assert.equal(await program.ended, 0, program.output);
			assert.doesNotMatch(program.output, /ENOENT|Error/);
		});

		test(`lacks nothing as ${format} with the files beside it`, async () => {
			using bundle = await bundled({ format }, { isComplete: true });
			await using program = new Program(bundle.file);
			const port = await program.listens();
			assert.doesNotMatch(program.output, /bundled/);
			for (const path of ["/docs", "/redoc", script]) {
				assert.equal((await answers(port, path)).status, 200, path);
			}
		});
	}

	test("whose names a minifier has taken warns of it; with names kept it does not", async () => {
		using minified = await bundled({ minify: true }, { isComplete: true });
		await using nameless = new Program(minified.file);
		const port = await nameless.listens();
		assert.match(nameless.output, /A minifier has renamed .* --keep-names/);
		assert.notEqual(await operationId(port), "read_item_items__item_id__get");
		using kept = await bundled(
			{ minify: true, keepNames: true },
			{ isComplete: true },
		);
		await using named = new Program(kept.file);
		const other = await named.listens();
		assert.equal(await operationId(other), "read_item_items__item_id__get");
		assert.doesNotMatch(named.output, /minifier/);
	});

	test("is seen by the commands, which are of another copy of the package", async () => {
		using bundle = await bundled({});
		const command = join(source, "cli/vivace.ts");
		await using routes = new Program(
			relative(fixtures, command),
			"routes",
			"--json",
			join(fixtures, bundle.file),
		);
		assert.equal(await routes.ended, 0, routes.output);
		const [route] = JSON.parse(routes.output);
		assert.equal(route.name, "read_item");
		assert.deepEqual(route.dependencies, [
			{ name: "opened_store", scope: "app" },
		]);
	});

	test("is ended when it hangs while it stops, by the thread that was put beside it", async () => {
		using bundle = await bundled({}, { isComplete: true });
		await using program = new Program({
			file: bundle.file,
			under: ["/usr/bin/env", "HANG=1"],
		});
		const port = await program.listens();
		assert.equal((await answers(port, "/items/1")).status, 200);
		program.kill("SIGTERM");
		await program.ended;
		assert.match(program.output, /its event loop is blocked/);
	});
});
