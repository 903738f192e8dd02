import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { Cookie, dependency, Header, Query } from "../../src/index.ts";
import { apiKeyCookie } from "../../src/security.ts";
import { startLines } from "../support/start-lines.ts";

const text = () => z.string().optional();

suite("a parameter that is read from the query for want of a word is told", () => {
	test("where it has the name of a header", async () => {
		const caller = dependency({ "x-caller": text() }, (values) => values);
		const lines = await startLines((app) => {
			app.get("/a", { authorization: text(), userAgent: text() }, (v) => v);
			app.get("/b", { caller }, (v) => v);
			app.get("/c", { caller }, (v) => v);
		});
		assert.equal(lines.length, 3);
		assert.match(
			lines[0] ?? "",
			/^GET \/a \(\S*misplaced-names\.test\.ts:\d+\): "authorization" is read from the query, since nothing says otherwise; write Header\(…\) around its schema, or Query\(…\) if that is meant$/,
		);
		assert.match(lines[1] ?? "", /: "userAgent" is read .* write Header/);
		assert.match(lines[2] ?? "", /: "x-caller" is read .* write Header/);
	});

	test("where it has the name of a cookie that the app reads", async () => {
		const lines = await startLines((app) => {
			app.get("/a", { theme: Cookie(text()) }, (v) => v);
			app.get("/b", { key: apiKeyCookie({ name: "sid" }) }, (v) => v);
			app.get("/c", { theme: text(), sid: text() }, (v) => v);
		});
		assert.deepEqual(
			lines.map((line) =>
				/"(\w+)" is read .* write (\w+)/.exec(line)?.slice(1),
			),
			[
				["theme", "Cookie"],
				["sid", "Cookie"],
			],
		);
	});

	test("and not where it says so, stands in the path, or could be meant", async () => {
		const lines = await startLines((app) => {
			app.get("/a", { authorization: Header(text()) }, (v) => v);
			app.get("/b", { user_agent: Query(text()) }, (v) => v);
			app.get("/c/{authorization}", { authorization: z.string() }, (v) => v);
			app.get("/d", { host: text(), x_min: text(), accept: text() }, (v) => v);
		});
		assert.deepEqual(lines, []);
	});
});
