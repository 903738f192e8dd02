import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, Query } from "../../src/index.ts";
import { allTakers, type Given } from "./option-takers.ts";

const handler = () => null;

const refusals: readonly (readonly [
	where: string,
	given: Given,
	said: string,
])[] = [
	[
		"GET /items",
		{ status_code: 201 },
		'"status_code" is FastAPI\'s name; here it is "status".',
	],
	[
		"GET /items",
		{ response_model: z.int() },
		'"response_model" is FastAPI\'s name; here it is "response".',
	],
	[
		"GET /items",
		{ response_model_exclude_unset: true },
		'"response_model_exclude_unset" is FastAPI\'s name; here it is "excludeUnset".',
	],
	[
		"GET /items",
		{ include_in_schema: false },
		'there is no option "include_in_schema"; write "includeInSchema".',
	],
	[
		"GET /items",
		{ respnse: z.int() },
		'there is no option "respnse"; did you mean "response"?',
	],
	[
		"GET /items",
		{ Summary: "x" },
		'there is no option "Summary"; did you mean "summary"?',
	],
	[
		"cors()",
		{ origin: "*" },
		'there is no option "origin"; write "allowOrigins".',
	],
	[
		"GET /items",
		{ preHandler: [] },
		'there is no option "preHandler"; write "routeMiddleware".',
	],
	["GET /items", { deprecated: 1 }, "deprecated must be true or false, got 1."],
	[
		"GET /items",
		{ tags: "items" },
		'tags must be a list of texts, got "items".',
	],
	[
		"App",
		{ on_startup: [] },
		'"on_startup" is FastAPI\'s name; here it is "lifespan".',
	],
	[
		"App",
		{ middleware: [] },
		'"middleware" is FastAPI\'s; here write app.use(middleware), or routeMiddleware for path operations.',
	],
	[
		"App",
		{ prefix: "/v1" },
		'"prefix" is FastAPI\'s name; here it is "rootPath".',
	],
	[
		"App",
		{ exitTimeoutMs: -1 },
		"exitTimeoutMs must be a number that is not negative, got -1.",
	],
	["App", { title: undefined, version: 1 }, "version must be a text, got 1."],
	[
		"Query()",
		{ min_length: 3 },
		'"min_length" is FastAPI\'s; here the schema says it: z.string().min(3).',
	],
	[
		"Header()",
		{ convert_underscores: false },
		'there is no option "convert_underscores"; write "convertUnderscores".',
	],
	[
		"GET /items",
		{ statusCode: 201 },
		'there is no option "statusCode"; write "status".',
	],
	[
		"GET /items: responses[404]",
		{ model: z.int() },
		'"model" is FastAPI\'s name; here it is "schema".',
	],
	[
		"JSONResponse",
		{ status_code: 201 },
		'"status_code" is FastAPI\'s name; here it is "status".',
	],
	[
		'setCookie("seen")',
		{ httponly: true },
		'there is no option "httponly"; did you mean "httpOnly"?',
	],
	[
		'setCookie("seen")',
		{ sameSite: "Lax" },
		'sameSite must be one of "lax", "strict", "none", null, got "Lax".',
	],
	[
		"App",
		{ bodyLimitBytes: 5 },
		'there is no option "bodyLimitBytes" any more; write limits: { bodyBytes: 1_000_000 }.',
	],
	["App", { constructor: 1 }, 'there is no option "constructor"; there are '],
	[
		"Depends()",
		{ use_cache: false },
		'there is no option "use_cache"; write "useCache".',
	],
	[
		"cors()",
		{ allow_origins: ["*"] },
		'there is no option "allow_origins"; write "allowOrigins".',
	],
	[
		"compress()",
		{ minimum_size: 1 },
		'"minimum_size" is FastAPI\'s name; here it is "minimumSizeBytes".',
	],
	[
		"TestClient.start()",
		{ leaks: "maybe" },
		'leaks must be one of "throw", "warn", "ignore", got "maybe".',
	],
	[
		"GET /",
		{ params: { q: "x" } },
		'"params" is FastAPI\'s name; here it is "query".',
	],
];

for (const [where, given, said] of refusals) {
	test(`${where} says of ${Object.keys(given).at(-1)}: ${said}`, async () => {
		await assert.rejects(
			async () =>
				allTakers()
					.find((taker) => taker.where === where)
					?.take(given),
			{
				code: "VIV_OPTION",
				message: new RegExp(
					`^VIV_OPTION: ${RegExp.escape(`${where}: ${said}`)}${said.endsWith(" ") ? "" : "$"}`,
				),
			},
		);
	});
}

test("the error stands at the line that has the option", () => {
	assert.throws(
		() => {
			// no arrow's value: a call in tail position leaves no frame on Bun
			new App().get({ path: "/", ...{ status_code: 201 } }, handler);
		},
		(error: Error) => {
			const own = error.stack
				?.split("\n")
				.find((line) => !line.includes("/src/") && line.includes("    at "));
			assert.match(own ?? "", /options\.test\.ts:\d+/);
			return true;
		},
	);
});

test("options that are no record are refused", () => {
	assert.throws(() => Query(z.int(), "id" as never), {
		message: 'VIV_OPTION: Query(): expected a record of options, got "id".',
	});
});
