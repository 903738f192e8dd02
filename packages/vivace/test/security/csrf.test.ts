import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { App } from "vivace";
import { type CsrfOptions, csrf } from "vivace/middleware";
import { TestClient } from "vivace/testing";

const host = "shop.example:8443";
const key = "a key of thirty-two bytes, or of a few more";

async function send(
	method: string,
	headers: Readonly<Record<string, string>>,
	options?: CsrfOptions,
	path = "/",
): Promise<Response> {
	const app = new App();
	app.use(csrf(options));
	app.route(
		["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"],
		"/",
		() => "in",
	);
	app.post("/hook", () => "in");
	await using client = await TestClient.start(app);
	return client.request(method, path, { headers: { host, ...headers } });
}

const other = "https://evil.example";
const trusted = "https://admin.example";

/** The rows of Go's tests of CrossOriginProtection, and a few more. */
const rows: readonly (readonly [
	name: string,
	method: string,
	headers: Readonly<Record<string, string>>,
	status: number,
])[] = [
	["the same origin", "POST", { "sec-fetch-site": "same-origin" }, 200],
	["a person's own doing", "POST", { "sec-fetch-site": "none" }, 200],
	["another site", "POST", { "sec-fetch-site": "cross-site" }, 403],
	["another host of the site", "POST", { "sec-fetch-site": "same-site" }, 403],
	["a word that is none", "POST", { "sec-fetch-site": "own" }, 403],
	["neither header", "POST", {}, 200],
	["an empty header", "POST", { "sec-fetch-site": "" }, 200],
	["its own Origin", "POST", { origin: `https://${host}` }, 200],
	["its own Origin, over HTTP", "POST", { origin: `http://${host}` }, 200],
	["another Origin", "POST", { origin: other }, 403],
	[
		"an Origin with another port",
		"POST",
		{ origin: "https://shop.example" },
		403,
	],
	[
		"an Origin that is longer",
		"POST",
		{ origin: `https://${host}.evil.example` },
		403,
	],
	[
		"an Origin with a name before it",
		"POST",
		{ origin: `https://a@${host}` },
		403,
	],
	["the Origin null", "POST", { origin: "null" }, 403],
	[
		"the same origin, by the stronger header",
		"POST",
		{ "sec-fetch-site": "same-origin", origin: other },
		200,
	],
	[
		"another site with its own Origin",
		"POST",
		{ "sec-fetch-site": "cross-site", origin: `https://${host}` },
		403,
	],
	["another site, to read", "GET", { "sec-fetch-site": "cross-site" }, 200],
	["another site, to look", "HEAD", { "sec-fetch-site": "cross-site" }, 200],
	["another site, to ask", "OPTIONS", { "sec-fetch-site": "cross-site" }, 200],
	["another site, to put", "PUT", { "sec-fetch-site": "cross-site" }, 403],
	[
		"another site, to delete",
		"DELETE",
		{ "sec-fetch-site": "cross-site" },
		403,
	],
	[
		"another site, to open a socket",
		"GET",
		{ "sec-fetch-site": "cross-site", upgrade: "WebSocket" },
		403,
	],
];

describe("csrf", () => {
	for (const [name, method, headers, status] of rows) {
		it(`${status === 200 ? "lets in" : "refuses"} ${name}`, async () => {
			const response = await send(method, headers);
			assert.equal(response.status, status);
			if (status === 403) {
				assert.deepEqual(await response.json(), {
					detail: "Cross-origin request refused",
				});
			}
		});
	}

	it("lets in origins that are trusted, and no others", async () => {
		const options = { trustedOrigins: [trusted] };
		for (const [headers, status] of [
			[{ origin: trusted }, 200],
			[{ origin: trusted, "sec-fetch-site": "cross-site" }, 200],
			[{ origin: `${trusted}.evil.example` }, 403],
			[{ origin: "http://admin.example" }, 403],
			[{ origin: other, "sec-fetch-site": "cross-site" }, 403],
		] as const) {
			assert.equal((await send("POST", headers, options)).status, status);
		}
	});

	it("lets in what is exempt", async () => {
		const exempt: CsrfOptions["exempt"] = ({ path }) => path === "/hook";
		const headers = { origin: other };
		assert.equal(
			(await send("POST", headers, { exempt }, "/hook")).status,
			200,
		);
		assert.equal((await send("POST", headers, { exempt })).status, 403);
	});

	it("asks for a token where neither header came but cookies did", async () => {
		const options = { tokenKeys: [key] };
		const offered = await send("GET", {}, options);
		const [line = ""] = offered.headers.getSetCookie();
		assert.match(
			line,
			/^__Host-csrf=1\.[\w.-]+; Path=\/; SameSite=lax; Secure$/,
		);
		const cookie = line.split(";", 1)[0] as string;
		const token = cookie.slice("__Host-csrf=".length);
		assert.deepEqual(
			(await send("GET", { cookie }, options)).headers.getSetCookie(),
			[],
		);
		for (const [headers, status] of [
			[{ cookie, "x-csrf-token": token }, 200],
			[{}, 200],
			[{ cookie }, 403],
			[{ cookie: "sid=1" }, 403],
			[{ cookie, "x-csrf-token": `${token}A` }, 403],
			[{ cookie: "__Host-csrf=x", "x-csrf-token": "x" }, 403],
			[{ cookie: "__Host-csrf=", "x-csrf-token": "" }, 403],
			[{ cookie, "sec-fetch-site": "same-origin" }, 200],
			[{ cookie, "x-csrf-token": token, "sec-fetch-site": "cross-site" }, 403],
		] as const) {
			assert.equal((await send("POST", headers, options)).status, status);
		}
		const renewed = await send(
			"GET",
			{ cookie },
			{ tokenKeys: [`new ${key}`, key] },
		);
		assert.equal(renewed.headers.getSetCookie().length, 1);
	});

	it("refuses options that can't be", () => {
		for (const [options, reason] of [
			[{ trustedOrigins: ["admin.example"] }, /is no origin/],
			[{ trustedOrigins: ["https://admin.example/"] }, /is no origin/],
			[{ trustedOrigins: ["https://Admin.example"] }, /is no origin/],
			[{ trustedOrigins: "https://admin.example" }, /must be a list/],
			[{ tokenKeys: ["short"] }, /32 bytes/],
			[{ origins: [] }, /no option "origins"/],
			[
				{ tokenKey: ["swordfish"] },
				/no option "tokenKey"; did you mean "tokenKeys"/,
			],
			[5, /expected a record of options, got 5/],
		] as const) {
			assert.throws(() => csrf(options as never), reason);
		}
	});
});
