import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { App, HTMLResponse, HTTPException, PlainTextResponse } from "vivace";
import {
	cspNonce,
	type SecurityHeadersOptions,
	securityHeaders,
} from "vivace/middleware";
import { TestClient } from "vivace/testing";

async function get(
	path: string,
	options?: SecurityHeadersOptions,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	app.use(securityHeaders(options));
	app.get("/", () => "in");
	app.get("/own", () => {
		const headers = {
			"x-frame-options": "DENY",
			"content-security-policy": "x",
		};
		return new PlainTextResponse("in", { headers });
	});
	app.get("/script", {}, (_, request) => {
		const twice = [cspNonce(request), cspNonce(request)];
		return new HTMLResponse(twice.join(" "));
	});
	app.get("/refused", () => {
		throw new HTTPException(409, "No");
	});
	app.get("/broken", () => {
		throw new Error("broken");
	});
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	return client.get(path, { headers });
}

const policy =
	"default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; " +
	"script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:";

const usual = {
	"content-security-policy": policy,
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"origin-agent-cluster": "?1",
	"referrer-policy": "strict-origin-when-cross-origin",
	"x-content-type-options": "nosniff",
	"x-frame-options": "SAMEORIGIN",
	"x-permitted-cross-domain-policies": "none",
	"x-xss-protection": "0",
};

function read(response: Response): Record<string, string> {
	const { headers } = response;
	return Object.fromEntries(
		[...headers].filter(([name]) => !/^content-(?:type|length)$/.test(name)),
	);
}

describe("securityHeaders", () => {
	it("are on every answer, errors too", async () => {
		for (const [path, status] of [
			["/", 200],
			["/nowhere", 404],
			["/refused", 409],
			["/broken", 500],
		] as const) {
			const response = await get(path);
			assert.equal(response.status, status);
			assert.deepEqual(read(response), usual);
		}
	});

	it("leave an answer what it has", async () => {
		const headers = read(await get("/own"));
		assert.equal(headers["x-frame-options"], "DENY");
		assert.equal(headers["content-security-policy"], "x");
		assert.equal(headers["x-content-type-options"], "nosniff");
	});

	it("can be changed, added and left out", async () => {
		const response = await get("/", {
			contentSecurityPolicy: {
				"img-src": null,
				"connect-src": "'self' https://id.example",
				"upgrade-insecure-requests": "",
			},
			headers: {
				"X-Frame-Options": null,
				"Permissions-Policy": "camera=()",
				"referrer-policy": "no-referrer",
			},
		});
		const { "x-frame-options": _, ...rest } = usual;
		assert.deepEqual(read(response), {
			...rest,
			"content-security-policy": `${policy.replace("img-src 'self' data:; ", "")}; connect-src 'self' https://id.example; upgrade-insecure-requests`,
			"permissions-policy": "camera=()",
			"referrer-policy": "no-referrer",
		});
		const none = await get("/", { contentSecurityPolicy: false });
		assert.equal(none.headers.has("content-security-policy"), false);
	});

	it("has a nonce for the answer that asked for one, another each time", async () => {
		const nonces = new Set<string>();
		for (const _ of [1, 2]) {
			const response = await get("/script");
			const [first = "", second] = (await response.text()).split(" ");
			assert.match(first, /^[\w+/]{22}==$/);
			assert.equal(first, second);
			const sent = response.headers.get("content-security-policy");
			assert.ok(sent?.includes(`script-src 'self' 'nonce-${first}';`));
			nonces.add(first);
		}
		assert.equal(nonces.size, 2);
	});

	it("send Strict-Transport-Security over HTTPS alone", async () => {
		const app = new App();
		app.use(securityHeaders());
		app.get("/", () => "in");
		const over = async (url: string) =>
			(await app.fetch(new Request(url))).headers.get(
				"strict-transport-security",
			);
		await app.start();
		assert.equal(
			await over("https://shop.example/"),
			"max-age=31536000; includeSubDomains",
		);
		assert.equal(await over("http://shop.example/"), null);
		await app.stop();
	});

	it("refuse what can't stand in a header", () => {
		for (const options of [
			{ headers: { "x-a": "a\r\nb" } },
			{ headers: { "x a": "b" } },
			{ headers: { "x-a": 1 } },
			{ contentSecurityPolicy: { "img-src": "a\nb" } },
			{ contentSecurityPolicy: true },
			{ csp: {} },
		]) {
			assert.throws(() => securityHeaders(options as never), {
				code: "VIV_OPTION",
			});
		}
	});
});
