import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProxyTrust } from "../../../src/server/lifecycle/proxy-trust.ts";
import { resolveServeOptions } from "../../../src/server/lifecycle/serve-options.ts";
import { startServer, text } from "../port-app.ts";

const quiet = { info() {}, warn() {}, error() {} };
const loopback = ["127.0.0.0/8", "::1"];

const cases: readonly {
	readonly trusted: boolean | readonly string[];
	readonly peer: string;
	readonly proto?: string;
	readonly chain?: string;
	readonly scheme: "http" | "https";
	readonly host: string;
	readonly port?: number;
}[] = [
	{
		trusted: loopback,
		peer: "127.0.0.1",
		scheme: "http",
		host: "127.0.0.1",
		port: 50_000,
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		proto: "https",
		chain: "192.0.2.1",
		scheme: "https",
		host: "192.0.2.1",
		port: 0,
	},
	{
		trusted: loopback,
		peer: "::ffff:127.0.0.1",
		proto: "wss",
		scheme: "https",
		host: "127.0.0.1",
	},
	{
		trusted: loopback,
		peer: "::1",
		proto: "https",
		scheme: "https",
		host: "::1",
	},
	{
		trusted: loopback,
		peer: "192.0.2.9",
		proto: "https",
		chain: "192.0.2.1",
		scheme: "http",
		host: "192.0.2.9",
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		proto: "ftp",
		chain: "",
		scheme: "http",
		host: "127.0.0.1",
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		proto: "https, http",
		scheme: "http",
		host: "127.0.0.1",
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		chain: "203.0.113.7, 192.0.2.1",
		scheme: "http",
		host: "192.0.2.1",
	},
	{
		trusted: ["10.0.0.0/8", "127.0.0.1"],
		peer: "127.0.0.1",
		chain: "203.0.113.7, 192.0.2.1, 10.1.2.3",
		scheme: "http",
		host: "192.0.2.1",
	},
	{
		trusted: ["10.0.0.0/8"],
		peer: "10.0.0.1",
		chain: "10.0.0.5, 10.0.0.6",
		scheme: "http",
		host: "10.0.0.5",
	},
	{
		trusted: ["2001:db8::/32"],
		peer: "2001:db8::1",
		chain: "[2001:db9::1]:4711",
		scheme: "http",
		host: "2001:db9::1",
		port: 4711,
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		chain: "192.0.2.1:4711",
		scheme: "http",
		host: "192.0.2.1",
		port: 4711,
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		chain: "2001:db9::1",
		scheme: "http",
		host: "2001:db9::1",
	},
	{
		trusted: loopback,
		peer: "127.0.0.1",
		chain: "unknown",
		scheme: "http",
		host: "unknown",
	},
	{
		trusted: true,
		peer: "192.0.2.9",
		proto: "https",
		chain: "203.0.113.7, 192.0.2.1",
		scheme: "https",
		host: "203.0.113.7",
	},
	{
		trusted: false,
		peer: "127.0.0.1",
		proto: "https",
		chain: "192.0.2.1",
		scheme: "http",
		host: "127.0.0.1",
	},
];

for (const { trusted, peer, proto, chain, scheme, host, port } of cases) {
	test(`trusting ${JSON.stringify(trusted)}, ${peer} with ${proto} and ${chain} is ${host} over ${scheme}`, () => {
		const options = resolveServeOptions({ trustProxy: trusted, log: quiet });
		const trust = compileProxyTrust(options);
		const end = { remoteAddress: peer, remotePort: 50_000 };
		assert.equal(trust.schemeOf(end, proto), scheme);
		const client = trust.clientOf(end, chain);
		assert.equal(client?.host, host);
		if (port !== undefined) {
			assert.equal(client?.port, port);
		}
	});
}

test("a request knows its client and, behind a local proxy, its scheme", async () => {
	await using server = await startServer((request) =>
		text(`${request.source.scheme} ${request.client?.host}`),
	);
	const direct = await fetch(server.url);
	assert.equal(await direct.text(), "http 127.0.0.1");
	const proxied = await fetch(server.url, {
		headers: { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" },
	});
	assert.equal(await proxied.text(), "https 192.0.2.1");
});

/** The lines of a server whose proxy is on another machine. */
function ignoredLines(trustProxy?: boolean | readonly string[]): string[] {
	const lines: string[] = [];
	const warn = (line: string) => void lines.push(line);
	const options = resolveServeOptions({
		...(trustProxy !== undefined && { trustProxy }),
		log: { ...quiet, warn },
	});
	const trust = compileProxyTrust(options);
	for (const remoteAddress of ["127.0.0.1", "192.0.2.9", "192.0.2.10"]) {
		const peer = { remoteAddress, remotePort: 50_000 };
		trust.clientOf(peer, undefined);
		trust.schemeOf(peer, "https");
		trust.clientOf(peer, "203.0.113.7");
	}
	return lines;
}

test("headers of a proxy that nobody has named are told of once", () => {
	assert.deepEqual(ignoredLines(), [
		'192.0.2.9 sends X-Forwarded-For or X-Forwarded-Proto, which is not believed; if that is your proxy, write serve(app, { trustProxy: ["192.0.2.9"] }), or its network, and trustProxy: false if it is none',
	]);
});

for (const trustProxy of [false, true, ["192.0.2.9"], ["127.0.0.1"]]) {
	test(`nothing is told where the program has said trustProxy: ${trustProxy}`, () => {
		assert.deepEqual(ignoredLines(trustProxy), []);
	});
}
