import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { startServer, text } from "./port-app.ts";
import { RawClient } from "./raw-client.ts";
import {
	certificate,
	getSecurely,
	installCertificate,
	openSecurely,
	tlsFile,
} from "./tls-files.ts";

test("a server with a certificate answers over TLS, and a request knows it", async () => {
	await using server = await startServer(
		({ source }) => text(`${source.scheme} ${source.client?.host}`),
		{ tls: certificate("first") },
	);
	assert.equal(server.url, `https://127.0.0.1:${server.port}`);
	assert.match(server.log.text, /listening on https:\/\/127\.0\.0\.1:\d+/);
	assert.deepEqual(await getSecurely(server.url), {
		body: "https 127.0.0.1",
		name: "first",
	});
});

test("certificate and key may be given as they are", async () => {
	const { cert, key } = certificate("first");
	await using server = await startServer(() => text("answered"), {
		tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") },
	});
	assert.equal((await getSecurely(server.url)).body, "answered");
});

test("a proxy that is trusted says which scheme its client used, also over TLS", async () => {
	await using server = await startServer(({ source }) => text(source.scheme), {
		tls: certificate("first"),
	});
	const headers = { "x-forwarded-proto": "http" };
	assert.equal((await getSecurely(server.url, { headers })).body, "http");
	headers["x-forwarded-proto"] = "nonsense";
	assert.equal((await getSecurely(server.url, { headers })).body, "https");
});

test("a renewed certificate counts from the next connection on, and those that are open stay", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-tls-"));
	const tls = {
		cert: join(folder.path, "cert"),
		key: join(folder.path, "key"),
	};
	const install = (name: string) => installCertificate(name, tls);
	install("first");
	await using server = await startServer(() => text("answered"), { tls });
	const kept = await openSecurely(server.port);
	assert.equal((await getSecurely(server.url)).name, "first");
	install("second");
	while ((await getSecurely(server.url)).name !== "second") {
		await pause(20); // without one, a busy runtime's timers may not have their turn
	}
	assert.match(server.log.text, /has read a renewed certificate/);
	kept.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
	const [answer] = await once(kept, "data");
	assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
	kept.destroy();
});

test("what can't be used does not replace a certificate, and the log says so", async () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-tls-"));
	const { cert, key } = certificate("first");
	const tls = { cert: join(folder.path, "cert"), key };
	copyFileSync(cert, tls.cert);
	const told = Promise.withResolvers<string>();
	await using server = await startServer(() => text("answered"), {
		tls,
		log: { info() {}, warn() {}, error: (message) => told.resolve(message) },
	});
	copyFileSync(certificate("second").cert, tls.cert);
	assert.match(
		await told.promise,
		/^the certificate was not renewed, the one before still counts: VIV_OPTION: serve: "tls" can't be used: .*key.*mismatch/,
	);
	assert.equal((await getSecurely(server.url)).name, "first");
});

test("with an authority for clients only those are heard that it knows", async () => {
	await using server = await startServer(() => text("answered"), {
		tls: { ...certificate("first"), ca: tlsFile("ca.cert.pem") },
	});
	const { body } = await getSecurely(server.url, { client: "client" });
	assert.equal(body, "answered");
	await assert.rejects(getSecurely(server.url));
	await assert.rejects(getSecurely(server.url, { client: "second" }));
});

for (const [what, tls, message] of [
	[
		"is not there",
		{ ...certificate("first"), cert: "/nowhere/cert.pem" },
		/"tls\.cert" is neither PEM nor a file that can be read: \/nowhere\/cert\.pem \(ENOENT\)/,
	],
	[
		"holds something else",
		{
			...certificate("first"),
			key: import.meta.filename
				.replace("tls.", "tls-files.")
				.replace(".test", ""),
		},
		/"tls\.key": .*tls-files\.ts holds no PEM/,
	],
	[
		"does not fit",
		{ cert: certificate("first").cert, key: certificate("second").key },
		/"tls" can't be used: .*mismatch.*; give a certificate and the key that it was made with/,
	],
	[
		"is missing",
		{ cert: certificate("first").cert },
		/serve: tls: key must be given: PEM, or the path of a file with it/,
	],
	[
		"is of another version",
		{ ...certificate("first"), minVersion: "TLSv1" },
		/minVersion must be one of "TLSv1\.2", "TLSv1\.3"/,
	],
] as const) {
	test(`a certificate or key that ${what} is refused at the start`, async () => {
		await assert.rejects(
			startServer(() => text(""), {
				tls: tls as ReturnType<typeof certificate>,
			}),
			{ code: "VIV_OPTION", message },
		);
	});
}

test("a client that speaks HTTP/2 alone is refused: over TLS in the handshake, otherwise with 505", async () => {
	await using secure = await startServer(() => text(""), {
		tls: certificate("first"),
	});
	await assert.rejects(openSecurely(secure.port, ["h2"]));
	const both = await openSecurely(secure.port, ["h2", "http/1.1"]);
	assert.equal(both.alpnProtocol, "http/1.1");
	both.destroy();
	await using plain = await startServer(() => text(""));
	await using client = await RawClient.open(plain.port);
	client.send("PRI * HTTP/2.0", "", "SM", "", "");
	await client.closed;
	assert.match(
		client.received,
		/^HTTP\/1\.1 505 [\s\S]*\{"detail":"HTTP\/2 is not spoken here, use HTTP\/1\.1"\}$/,
	);
});

test("who does not speak TLS is cut off, and the others go on", async () => {
	await using server = await startServer(() => text("answered"), {
		tls: certificate("first"),
	});
	await using client = await RawClient.open(server.port);
	client.request("/");
	await client.closed;
	assert.equal((await getSecurely(server.url)).body, "answered");
});

test("a stop lets requests finish and cuts handshakes that do not come to an end", async () => {
	const begun = Promise.withResolvers<void>();
	const go = Promise.withResolvers<void>();
	const server = await startServer(
		async () => {
			begun.resolve();
			await go.promise;
			return text("answered");
		},
		{ tls: certificate("first") },
	);
	await using silent = await RawClient.open(server.port);
	const idle = await openSecurely(server.port);
	const answer = getSecurely(server.url);
	await begun.promise;
	const closed = server.close();
	await once(idle.resume(), "close");
	go.resolve();
	assert.equal((await answer).body, "answered");
	await closed;
	await silent.closed;
});

test("a client that takes nothing of an encrypted answer is cut in time", async () => {
	const ended = Promise.withResolvers<unknown>();
	await using server = await startServer(
		(request) => {
			request.exchange.whenSettled(({ error }) => ended.resolve(error));
			async function* endless() {
				for (;;) {
					yield "x".repeat(65_536);
				}
			}
			return new StreamingResponse(endless());
		},
		{ tls: certificate("first"), writeTimeoutMs: 200 },
	);
	const client = await openSecurely(server.port);
	client.on("error", () => {});
	client.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
	await once(client, "readable");
	assert.equal(((await ended.promise) as Error).name, "ClientGoneError");
	assert.match(server.log.text, /took nothing of the answer for 0\.2 s/);
	client.destroy();
});
