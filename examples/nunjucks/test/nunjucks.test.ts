import assert from "node:assert/strict";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { App } from "vivace";
import { templates } from "vivace/templates";
import { TestClient } from "vivace/testing";
import { app } from "../app.ts";
import { nunjucksEngine } from "../nunjucks-engine.ts";

const silent = { info() {}, warn() {}, error() {} };

test("Jinja's templates extend others, escape, loop, and know addresses", async () => {
	await using client = await TestClient.start(app);
	const text = await (await client.get("/books/0")).text();
	assert.match(text, /<title>Tom &amp; Jerry<\/title>/);
	assert.match(text, /<a href="http:\/\/testserver\/books\/0">/);
	assert.match(text, /href="http:\/\/testserver\/static\/styles\.css"/);
	assert.match(text, /<li>ADA<\/li><li>GRACE<\/li>/);
	const untitled = await (await client.get("/books/1")).text();
	assert.match(untitled, /&lt;Untitled&gt;[\s\S]*<li>nobody<\/li>/);
	assert.equal((await client.get("/books/2")).status, 404);
	const styles = await client.get("/static/styles.css");
	assert.match(await styles.text(), /color: green/);
});

async function folderWith(text: string) {
	const folder = await mkdtempDisposable(join(tmpdir(), "vivace-nunjucks-"));
	await writeFile(join(folder.path, "page.html"), text);
	return folder;
}

test("a template that is broken stops the start, with its line", async () => {
	await using folder = await folderWith("a\n{{ x + }}\n");
	const render = templates(folder.path, { engine: nunjucksEngine() });
	const broken = new App({ logger: silent });
	broken.get("/", { render }, ({ render }) => render("page.html"));
	await assert.rejects(broken.start(), (error: Error) => {
		assert.match(String(error.cause), /page\.html\) \[Line 2, Column \d+\]/);
		return true;
	});
});

test("a mistake is a 500, and the log says in which line", async () => {
	await using folder = await folderWith("a\n{{ url_for('nope') }}");
	const errors: unknown[] = [];
	const render = templates(folder.path, { engine: nunjucksEngine() });
	const wrong = new App({
		logger: { ...silent, error: (_, error) => errors.push(error) },
	});
	wrong.get("/", { render }, ({ render }) => render("page.html"));
	await using client = await TestClient.start(wrong, {
		throwServerErrors: false,
	});
	assert.equal((await client.get("/")).status, 500);
	assert.match(
		String(errors[0]),
		/page\.html\)[\s\S]*there is no route "nope"/,
	);
});

test("templates are read again where that is asked for", async () => {
	for (const [reload, expected] of [
		[false, "one"],
		[true, "two"],
	] as const) {
		await using folder = await folderWith("one");
		const render = templates(folder.path, { engine: nunjucksEngine(), reload });
		const changing = new App({ logger: silent });
		changing.get("/", { render }, ({ render }) => render("page.html"));
		await using client = await TestClient.start(changing);
		assert.equal(await (await client.get("/")).text(), "one");
		await writeFile(join(folder.path, "page.html"), "two");
		assert.equal(await (await client.get("/")).text(), expected);
	}
});
