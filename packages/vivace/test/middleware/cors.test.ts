import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Response } from "../../src/http/response.ts";
import { type CorsOptions, cors } from "../../src/middleware/cors.ts";
import { requestOf } from "./fixtures/request.ts";

const origin = "https://example.org";

async function answer(
	options: CorsOptions,
	method: string,
	headers: Record<string, string>,
	response: Response = new Response("Homepage", { mediaType: "text/plain" }),
): Promise<Response> {
	const request = requestOf(method, "http://testserver/", headers);
	return cors(options)(request, async () => response);
}

function preflight(
	options: CorsOptions,
	headers: Record<string, string> = {},
): Promise<Response> {
	return answer(options, "OPTIONS", {
		origin,
		"access-control-request-method": "POST",
		...headers,
	});
}

const preflightVary =
	"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";
const safeHeaders = "Accept, Accept-Language, Content-Language, Content-Type";

describe("cors: preflight requests", () => {
	it("are answered without asking the app", async () => {
		const response = await preflight({
			allowOrigins: [origin],
			allowMethods: ["POST"],
		});
		assert.equal(response.status, 200);
		assert.equal(response.body, "OK");
		assert.deepEqual(Object.fromEntries(response.headers), {
			vary: preflightVary,
			"access-control-allow-methods": "POST",
			"access-control-max-age": "600",
			"access-control-allow-headers": safeHeaders,
			"access-control-allow-origin": origin,
			"content-type": "text/plain; charset=utf-8",
		});
	});

	const star: CorsOptions = {
		allowOrigins: ["*"],
		allowMethods: ["*"],
		allowHeaders: ["*"],
		maxAge: 60,
	};

	it("of a fully open app allow what was asked for", async () => {
		const response = await preflight(star, {
			"access-control-request-headers": "X-One, X-Two",
		});
		assert.equal(response.status, 200);
		assert.deepEqual(Object.fromEntries(response.headers), {
			vary: preflightVary,
			"access-control-allow-origin": "*",
			"access-control-allow-methods":
				"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY",
			"access-control-max-age": "60",
			"access-control-allow-headers": "X-One, X-Two",
			"content-type": "text/plain; charset=utf-8",
		});
	});

	it("name no headers in a fully open app that was not asked for any", async () => {
		const { headers } = await preflight(star);
		assert.equal(headers.has("access-control-allow-headers"), false);
	});

	it("name the origin where credentials are allowed", async () => {
		const { headers } = await preflight({
			...star,
			allowOrigins: [],
			allowOriginRegex: ".*",
			allowCredentials: true,
		});
		assert.equal(headers.get("access-control-allow-origin"), origin);
		assert.equal(headers.get("access-control-allow-credentials"), "true");
	});

	const refusals: [
		title: string,
		options: CorsOptions,
		headers: Record<string, string>,
		body: string,
	][] = [
		["another origin", { allowMethods: ["POST"] }, {}, "origin"],
		["another method", { allowOrigins: ["*"] }, {}, "method"],
		[
			"another header",
			{ allowOrigins: ["*"], allowMethods: ["POST"], allowHeaders: ["X-One"] },
			{ "access-control-request-headers": "x-one, X-Two" },
			"headers",
		],
		[
			"a private network",
			{ allowOrigins: ["*"], allowMethods: ["POST"] },
			{ "access-control-request-private-network": "true" },
			"private-network",
		],
		[
			"all of these",
			{},
			{
				"access-control-request-headers": "X-Two",
				"access-control-request-private-network": "true",
			},
			"origin, method, headers, private-network",
		],
	];
	for (const [title, options, headers, body] of refusals) {
		it(`are refused for ${title}`, async () => {
			const response = await preflight(options, headers);
			assert.equal(response.status, 400);
			assert.equal(response.body, `Disallowed CORS ${body}`);
		});
	}

	it("do not name an origin that is refused", async () => {
		const { headers } = await preflight({
			allowOrigins: ["https://other.org"],
		});
		assert.equal(headers.has("access-control-allow-origin"), false);
	});

	it("allow headers in any case, with blanks, and those that are always allowed", async () => {
		const { status } = await preflight(
			{ allowOrigins: ["*"], allowMethods: ["POST"], allowHeaders: ["X-One"] },
			{ "access-control-request-headers": "x-ONE , content-type" },
		);
		assert.equal(status, 200);
	});

	it("allow a private network where that is set", async () => {
		const { status, headers } = await preflight(
			{ ...star, allowPrivateNetwork: true },
			{ "access-control-request-private-network": "true" },
		);
		assert.equal(status, 200);
		assert.equal(headers.get("access-control-allow-private-network"), "true");
	});
});

describe("cors: other requests", () => {
	const cases: [
		title: string,
		options: CorsOptions,
		headers: Record<string, string>,
		answer: Record<string, string>,
	][] = [
		[
			"an allowed origin is named",
			{ allowOrigins: [origin], exposeHeaders: ["X-A", "X-B"] },
			{ origin },
			{
				"access-control-allow-origin": origin,
				"access-control-expose-headers": "X-A, X-B",
				vary: "Origin",
			},
		],
		[
			"a star answers with a star",
			{ allowOrigins: ["*"] },
			{ origin, cookie: "a=b" },
			{ "access-control-allow-origin": "*", vary: "Origin" },
		],
		[
			"all origins with credentials are named one by one",
			{ allowOriginRegex: ".*", allowCredentials: true },
			{ origin, cookie: "a=b" },
			{
				"access-control-allow-origin": origin,
				"access-control-allow-credentials": "true",
				vary: "Origin",
			},
		],
		[
			"another origin gets nothing to go by",
			{ allowOrigins: ["https://other.org"] },
			{ origin },
			{ vary: "Origin" },
		],
		[
			"a regular expression must match the whole origin",
			{ allowOriginRegex: "https://.*\\.org" },
			{ origin },
			{ "access-control-allow-origin": origin, vary: "Origin" },
		],
		[
			"a part of an origin is not enough for a regular expression",
			{ allowOriginRegex: /https:\/\/example|x/g },
			{ origin },
			{ vary: "Origin" },
		],
		[
			"a request of the same site is only marked",
			{ allowOrigins: ["*"] },
			{},
			{ vary: "Origin" },
		],
		[
			"OPTIONS without a requested method reaches the app",
			{ allowOrigins: [origin] },
			{ origin },
			{ "access-control-allow-origin": origin, vary: "Origin" },
		],
	];
	for (const [title, options, headers, expected] of cases) {
		it(title, async () => {
			const method = title.startsWith("OPTIONS") ? "OPTIONS" : "GET";
			const response = await answer(options, method, headers);
			assert.equal(response.status, 200);
			assert.equal(response.body, "Homepage");
			response.headers.delete("content-type");
			assert.deepEqual(Object.fromEntries(response.headers), expected);
		});
	}

	it("keep what the app's answer varies by, and replace what it said about origins", async () => {
		const { headers } = await answer(
			{ allowOrigins: [origin] },
			"GET",
			{ origin },
			new Response("", {
				headers: { vary: "Accept", "access-control-allow-origin": "x" },
			}),
		);
		assert.equal(headers.get("vary"), "Accept, Origin");
		assert.equal(headers.get("access-control-allow-origin"), origin);
	});
});

describe("cors: options", () => {
	const mistakes: [options: CorsOptions, problem: RegExp][] = [
		[
			{ allowOrigins: ["https://a.org/"] },
			/"https:\/\/a\.org\/", .*; write "https:\/\/a\.org"$/,
		],
		[{ allowOrigins: ["a.org"] }, /"a\.org", .*write scheme, host/],
		[{ allowOrigins: ["https://*.a.org"] }, /allowOriginRegex/],
		[
			{ allowOrigins: ["*"], allowCredentials: true },
			/list the origins, or write allowOriginRegex/,
		],
		[{ allowMethods: ["post"] }, /in upper case.*"post"; write "POST"$/],
		[{ allowMethods: ["GET, POST"] }, /each method as a text of its own$/],
		[{ maxAge: 1.5 }, /maxAge is a whole number of seconds, but got 1\.5/],
	];
	for (const [options, problem] of mistakes) {
		it(`refuses ${JSON.stringify(options)}`, () => {
			assert.throws(() => cors(options), {
				code: "VIV_OPTION",
				message: problem,
			});
		});
	}
});
