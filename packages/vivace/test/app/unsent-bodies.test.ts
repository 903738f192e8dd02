import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { Body, Query } from "../../src/index.ts";
import { startLines as linesOf } from "../support/start-lines.ts";

const ids = z.array(z.int());
const filter = z.object({ name: z.string() });

suite("a list or an object in the record of a GET", () => {
	test("is told with its place and Query()", async () => {
		const lines = await linesOf((app) => {
			app.get("/items", { ids }, ({ ids }) => ids);
			app.route(["GET", "HEAD"], "/found", { filter }, ({ filter }) => filter);
		});
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			/^GET \/items \(\S*unsent-bodies\.test\.ts:\d+\): "ids" is read from the body, .* send none with GET; write Query\(…\) around its schema, or Body\(…\) if that is meant$/,
		);
		assert.match(lines[1] ?? "", /"filter" .* send none with GET or HEAD;/);
	});

	test("is not told where a parameter says its source, nor of methods with bodies", async () => {
		const lines = await linesOf((app) => {
			app.get("/a", { ids: Query(ids) }, ({ ids }) => ids);
			app.get("/b", { filter: Body(filter) }, ({ filter }) => filter);
			app.get("/c", { filter: Query(filter) }, ({ filter }) => filter);
			app.post("/d", { ids }, ({ ids }) => ids);
			app.route(["GET", "POST"], "/e", { ids }, ({ ids }) => ids);
			app.get("/f", { name: z.string().optional() }, ({ name }) => name);
		});
		assert.deepEqual(lines, []);
	});
});
