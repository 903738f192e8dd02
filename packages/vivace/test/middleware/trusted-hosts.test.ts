import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Response } from "../../src/http/response.ts";
import { httpsRedirect } from "../../src/middleware/https-redirect.ts";
import { trustedHosts } from "../../src/middleware/trusted-hosts.ts";
import { requestOf } from "./fixtures/request.ts";

const next = async () => new Response("Homepage");

describe("trustedHosts", () => {
	const cases: [allowed: string[], host: string, status: number][] = [
		[["example.com", "*.example.com"], "example.com", 200],
		[["example.com", "*.example.com"], "Example.COM:8080", 200],
		[["example.com", "*.example.com"], "a.b.example.com", 200],
		[["example.com", "*.example.com"], "example.org", 400],
		[["example.com", "*.example.com"], "badexample.com", 400],
		[["example.com"], "example.com/evil", 400],
		[["example.com"], "user@example.com", 400],
		[["example.com"], "example.com:80:80", 400],
		[["example.com"], "", 400],
		[["*.example.com"], "example.com", 400],
		[["[::1]"], "[::1]:8000", 200],
		[["*"], "anything", 200],
	];
	for (const [allowedHosts, host, status] of cases) {
		it(`answers ${JSON.stringify(host)} with ${status} where ${allowedHosts.join(", ")} is allowed`, async () => {
			const request = requestOf("GET", "http://x/", { host });
			const response = await trustedHosts({ allowedHosts })(request, next);
			assert.equal(response.status, status);
			assert.equal(
				response.body,
				status === 200 ? "Homepage" : "Invalid host header",
			);
		});
	}

	it("redirects to the host with www", async () => {
		const request = requestOf("GET", "https://example.com:444/a%20b?q=1");
		const allowedHosts = ["www.example.com"];
		const response = await trustedHosts({ allowedHosts })(request, next);
		assert.equal(response.status, 307);
		assert.equal(
			response.headers.get("location"),
			"https://www.example.com:444/a%20b?q=1",
		);
		const refused = await trustedHosts({ allowedHosts, wwwRedirect: false })(
			request,
			next,
		);
		assert.equal(refused.status, 400);
	});

	for (const [host, remedy] of [
		["https://a.example", '; write "a.example"'],
		["https://A.example:8000/x", '; write "a.example"'],
		["a.example:8000", '; write "a.example"'],
		["a.example/", '; write "a.example"'],
		["*.a.example:443", '; write "a.example"'],
		["münchen.example", ""],
		["", ""],
	] as const) {
		it(`refuses ${JSON.stringify(host)}, which no request has`, () => {
			assert.throws(() => trustedHosts({ allowedHosts: [host] }), {
				code: "VIV_OPTION",
				message: `VIV_OPTION: trustedHosts: a host in allowedHosts is a name without scheme, port and path, as it stands in Host, but got ${JSON.stringify(host)}${remedy}`,
			});
		});
	}

	for (const host of ["exa*mple.com", "*example.com", "*.*.com"]) {
		it(`refuses the pattern ${host}`, () => {
			assert.throws(() => trustedHosts({ allowedHosts: [host] }), {
				code: "VIV_OPTION",
				message: /"\*\.example\.com", but got/,
			});
		});
	}
});

describe("httpsRedirect", () => {
	const redirects: [from: string, to: string][] = [
		["http://example.com/", "https://example.com/"],
		["http://example.com:80/a?b=c", "https://example.com/a?b=c"],
		["http://example.com:8080/a:80/", "https://example.com:8080/a:80/"],
		["http://[::1]:443/", "https://[::1]/"],
		["http://[::80]/", "https://[::80]/"],
	];
	for (const [from, to] of redirects) {
		it(`sends ${from} to ${to}`, async () => {
			const host = /\/\/([^/]+)/.exec(from)?.[1] ?? "";
			const request = requestOf("GET", from, { host });
			const response = await httpsRedirect()(request, next);
			assert.equal(response.status, 307);
			assert.equal(response.headers.get("location"), to);
		});
	}

	it("leaves https alone", async () => {
		const request = requestOf("GET", "https://example.com/");
		const response = await httpsRedirect()(request, next);
		assert.equal(response.body, "Homepage");
	});
});
