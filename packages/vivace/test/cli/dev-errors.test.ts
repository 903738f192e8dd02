import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "./command.ts";
import { startProject } from "./versioned-program.ts";

const program = `
import { App, dependency, HTTPException, JSONResponse } from "vivace";
import { z } from "zod";

const pool = dependency(() => ({ name: "<pool>" }), { scope: "app" });
const user = dependency({ pool }, ({ pool }) => pool.name);

export const app = new App();

app.get(
	"/items/{item_id}",
	{ item_id: z.int(), q: z.string().default("<b>"), user },
	function read_item({ item_id }) {
		const items: { name: string }[] = [];
		return items[item_id]!.name.toUpperCase();
	},
);

app.get("/caused", () => {
	try {
		JSON.parse("{");
	} catch (cause) {
		throw new Error("<i>outer</i>", { cause });
	}
});

app.get("/thrown", () => {
	throw "a text";
});

app.get("/refused", () => {
	throw new HTTPException(500, "told");
});

const custom = new App();
custom.exceptionHandler(Error, () => new JSONResponse("mine", { status: 500 }));
custom.get("/", () => {
	throw new Error("handled");
});
app.mount("/custom", custom);
`;

interface Report {
	readonly detail: string;
	readonly request: string;
	readonly route: object;
	readonly errors: readonly {
		readonly name: string;
		readonly stack: readonly string[];
		readonly source?: readonly {
			readonly line: number;
			readonly text: string;
		}[];
	}[];
}

async function read(url: string, accept: string): Promise<Response> {
	return fetch(url, { headers: { accept, connection: "close" } });
}

test("an error that nothing has handled is told with the program's own lines", async () => {
	await using project = await startProject({ "app.ts": program });
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();

	const json = await read(`${url}/items/7?q=secret`, "application/json");
	assert.equal(json.status, 500);
	const report = (await json.json()) as Report;
	assert.equal(report.detail, "Internal Server Error");
	assert.equal(report.request, "GET /items/7?q=secret");
	assert.deepEqual(report.route, {
		path: "/items/{item_id}",
		name: "read_item",
		parameters: ["item_id (path)", "q (query)"],
		dependencies: ["pool (app)", "user (request)"],
	});
	assert.equal(report.errors.length, 1);
	assert.equal(report.errors[0]?.name, "TypeError");
	assert.match(
		report.errors[0]?.stack[0] ?? "",
		/^read_item \(app\.ts:15:\d+\)$/,
	);
	assert.equal(
		report.errors[0]?.source?.find(({ line }) => line === 15)?.text,
		"\t\treturn items[item_id]!.name.toUpperCase();",
	);
	await dev.writes(
		/GET \/items\/7: unhandled TypeError: Cannot read properties of undefined \(reading 'name'\)\n {4}at read_item \(app\.ts:15:\d+\)\n/,
	);
	await dev.writes(
		/ {4}> 15 \| \t\treturn items\[item_id\]!\.name\.toUpperCase\(\);\n {9}\| \t\t +\^\n/,
	);
	await dev.writes(/ {4}… \d+ frames of packages and the runtime\n/);

	const page = await read(`${url}/items/7`, "text/html,*/*");
	assert.equal(page.status, 500);
	assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
	const html = await page.text();
	assert.match(html, /<span class="name">TypeError<\/span> Cannot read/);
	assert.match(html, /<td>pool \(app\)<br>user \(request\)<\/td>/);
	assert.ok(!html.includes("<b>"));

	const caused = await read(`${url}/caused`, "text/html");
	const causedHtml = await caused.text();
	assert.ok(causedHtml.includes("&#60;i&#62;outer&#60;/i&#62;"), causedHtml);
	assert.match(
		causedHtml,
		/<h2>Caused by<\/h2>\s*<section>\s*<h1><span class="name">SyntaxError/,
	);

	const thrown = (await (await read(`${url}/thrown`, "*/*")).json()) as Report;
	assert.deepEqual(thrown.errors, [
		{ name: "string", message: "a text", stack: [] },
	]);
});

test("an answer of the program's own stays as it is", async () => {
	await using project = await startProject({ "app.ts": program });
	await using dev = new Command(project.folder, "dev", "--port", "0");
	const url = await dev.listens();
	const refused = await read(`${url}/refused`, "text/html");
	assert.deepEqual(await refused.json(), { detail: "told" });
	const custom = await read(`${url}/custom/`, "text/html");
	assert.equal(await custom.json(), "mine");
});

test("vivace run tells clients nothing", async () => {
	await using project = await startProject({ "app.ts": program });
	await using run = new Command(project.folder, "run", "--port", "0");
	const [, url = ""] = await run.writes(/listening on (http:[\w.:/]+).*\n/);
	const answer = await read(`${url}/items/7`, "text/html");
	assert.equal(await answer.text(), "Internal Server Error");
});
