import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { lifespanHtml, redocHtml, swaggerUiHtml } from "../../src/docs.ts";
import {
	App,
	Body,
	Cookie,
	Depends,
	dependency,
	Header,
	HTTPException,
	OutgoingRouter,
	Path,
	Query,
	Router,
} from "../../src/index.ts";
import { compress, cors, trustedHosts } from "../../src/middleware.ts";
import { resolveServeOptions } from "../../src/server/lifecycle/serve-options.ts";
import { settings } from "../../src/settings.ts";
import { TestClient } from "../../src/testing.ts";

const handler = () => null;
const page = { openapiUrl: "/openapi.json", title: "Shop" };

/** As JavaScript, or a spread, may pass them: the compiler would refuse them. */
type Given = Record<string, unknown>;

/** What takes options, by the words with which its messages begin. */
const takers: Readonly<Record<string, (given: Given) => unknown>> = {
	App: (given) => new App(given),
	Router: (given) => new Router(given),
	"include()": (given) => new App().include(new Router(), given),
	"GET /items": (given) => new App().get({ path: "/items", ...given }, handler),
	"POST, PUT /items": (given) =>
		new Router().route(["POST", "PUT"], { path: "/items", ...given }, handler),
	"POST {$request.body#/url}": (given) =>
		new OutgoingRouter().post({
			path: "{$request.body#/url}",
			name: "paid",
			...given,
		}),
	'dependency "pool"': (given) => dependency(function pool() {}, given),
	"Depends()": (given) => Depends(dependency(handler), given),
	"Path()": (given) => Path(z.int(), given),
	"Query()": (given) => Query(z.int(), given),
	"Header()": (given) => Header(z.int(), given),
	"Cookie()": (given) => Cookie(z.int(), given),
	"Body()": (given) => Body(z.object({}), given as { embed: boolean }),
	HTTPException: (given) => new HTTPException(404, "none", given),
	"cors()": (given) => cors(given),
	"compress()": (given) => compress(given),
	"trustedHosts()": (given) => trustedHosts({ allowedHosts: ["*"], ...given }),
	"settings()": (given) => settings({}, given),
	"TestClient.start()": async (given) => {
		await (await TestClient.start(new App(), given)).close();
	},
	"GET /": async (given) => {
		await using client = await TestClient.start(new App());
		await client.get("/", given);
	},
	serve: (given) => resolveServeOptions(given),
	"swaggerUiHtml()": (given) => swaggerUiHtml({ ...page, ...given }),
	"redocHtml()": (given) => redocHtml({ ...page, ...given }),
	"lifespanHtml()": (given) =>
		lifespanHtml({ title: "Shop", resources: [], ...given }),
};

for (const [where, take] of Object.entries(takers)) {
	test(`${where} refuses an option that it does not have`, async () => {
		await assert.rejects(async () => take({ nonsense: 1 }), {
			code: "VIV_OPTION",
			message: new RegExp(
				`^VIV_OPTION: ${RegExp.escape(where)}: there is no option "nonsense"; there are \\w+`,
			),
		});
		await take({}); // takes none
	});
}

const refusals: readonly (readonly [
	where: keyof typeof takers,
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
	["GET /items", { deprecated: 1 }, "deprecated must be true or false, got 1."],
	["GET /items", { tags: "items" }, 'tags must be a list, got "items".'],
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
		await assert.rejects(async () => takers[where]?.(given), {
			code: "VIV_OPTION",
			message: `VIV_OPTION: ${where}: ${said}`,
		});
	});
}

test("the error stands at the line that has the option", () => {
	assert.throws(
		() => new App().get({ path: "/", ...{ status_code: 201 } }, handler),
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
