import assert from "node:assert/strict";
import { test } from "node:test";
import { programsOf, stepsIn } from "./page-steps.ts";
import { hasLines, isShown } from "./shown-output.ts";

const page = [
	"# A page",
	"```ts",
	"compiled elsewhere();",
	"```",
	"```ts [main.ts]",
	"one();",
	"```",
	"```console",
	"$ curl localhost:8000/ \\",
	"    -d '{}'",
	"{",
	'  "a": 1',
	"}",
	"",
	"```",
	"```console [with nothing]",
	"$ ls",
	"```",
	"```ts [main.ts]",
	"two();",
	"```",
].join("\n");

test("a page is read into its files and commands", () => {
	assert.deepEqual(stepsIn(page), [
		{ kind: "file", line: 5, name: "main.ts", text: "one();\n" },
		{
			kind: "command",
			line: 9,
			command: "curl localhost:8000/ \\\n    -d '{}'",
			output: '{\n  "a": 1\n}',
			needs: undefined,
		},
		{
			kind: "command",
			line: 17,
			command: "ls",
			output: "",
			needs: "with nothing",
		},
		{ kind: "file", line: 19, name: "main.ts", text: "two();\n" },
	]);
});

test("each state of a page's program is one to be compiled", () => {
	const programs = programsOf(stepsIn(page), new Map([["a.ts", "a"]]));
	assert.deepEqual(
		programs.map((files) => Object.fromEntries(files)),
		[
			{ "a.ts": "a", "main.ts": "one();\n" },
			{ "a.ts": "a", "main.ts": "two();\n" },
		],
	);
});

test("output is compared, not just looked at", () => {
	for (const [shown, printed, expected] of [
		['{ "a": 1 }', '{"a":1}', true],
		['{ "a": 1 }', '{"a":2}', false],
		['{ "a": 1 }', '{"a":1,"b":2}', false],
		['{ "at": "…" }', '{"at":"2026"}', true],
		['{ "a": "…" }', '{"a":{"b":1}}', true],
		['{ "a": "x…" }', '{"a":{"b":1}}', false],
		['[{ "a": null }]', '[{"a":null}]', true],
		["[]", "{}", false],
		["ok …", "ok 12 ms", true],
		["ok", "ok\nand more", false],
		["ok\n…\nend", "ok\na\nb\nend", true],
		["ok\n…\nend", "ok\nend", true],
		["…\nend", "end", true],
		["…\nend", "a\nb\nend", true],
		["…\nend", "a\nb\nend\nmore", false],
		["ok\n…", "ok", true],
		["ok\n…", "okay", false],
		["", "anything", false],
		[
			"HTTP/1.1 201 Created\nlocation: /a\n\n{}",
			"HTTP/1.1 201 Created\r\nDate: x\r\nLocation: /a\r\n\r\n{}",
			true,
		],
		[
			"HTTP/1.1 201 Created\nlocation: /b\n\n{}",
			"HTTP/1.1 201 Created\r\nLocation: /a\r\n\r\n{}",
			false,
		],
		["HTTP/1.1 204 No Content", "HTTP/1.1 204 No Content\r\nDate: x\r\n", true],
		["HTTP/1.1 204 No Content", "HTTP/1.1 204 No Content\r\n\r\nbody", false],
	] as const) {
		assert.equal(isShown(shown, printed), expected, `${shown} / ${printed}`);
	}
	assert.equal(hasLines("a\nc …", "x\na\nb\nc 1\n"), true);
	assert.equal(hasLines("c\na", "a\nb\nc\n"), false);
});
