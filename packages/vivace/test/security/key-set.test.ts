import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { App, serve } from "vivace";
import { type JwksOptions, jwtBearer } from "vivace/security";
import { TestClient } from "vivace/testing";

async function signer(kid: string) {
	const { privateKey, publicKey } = await generateKeyPair("EdDSA", {
		extractable: true,
	});
	const token = await new SignJWT()
		.setProtectedHeader({ alg: "EdDSA", kid })
		.setExpirationTime("1h")
		.sign(privateKey);
	const jwk = { ...(await exportJWK(publicKey)), kid };
	return { jwk, sent: { headers: { authorization: `Bearer ${token}` } } };
}

const [one, two, three] = (await Promise.all(["1", "2", "3"].map(signer))) as [
	Awaited<ReturnType<typeof signer>>,
	Awaited<ReturnType<typeof signer>>,
	Awaited<ReturnType<typeof signer>>,
];

/** A provider of keys, whose answers can be changed while it runs. */
async function provider(port = 0) {
	const state = {
		keys: [one.jwk] as object[],
		fetches: 0,
		answer: undefined as ((response: ServerResponse) => void) | undefined,
	};
	const server = createServer((_, response) => {
		state.fetches++;
		if (state.answer !== undefined) {
			state.answer(response);
			return;
		}
		response.setHeader("content-type", "application/json");
		response.end(JSON.stringify({ keys: state.keys }));
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const { port: own } = server.address() as AddressInfo;
	const close = async () => {
		server.closeAllConnections();
		server.close();
		await once(server, "close");
	};
	return {
		state,
		port: own,
		url: `http://127.0.0.1:${own}/jwks.json?secret=swordfish`,
		close,
		[Symbol.asyncDispose]: async () => {
			if (server.listening) {
				await close();
			}
		},
	};
}

/** A started app that takes the tokens of a provider. */
async function started(options: JwksOptions) {
	const log: string[] = [];
	const write = (message: string) => log.push(message);
	const logger = { info() {}, warn: write, error: write };
	const app = new App({ logger, health: true });
	const claims = jwtBearer({ algorithms: ["EdDSA"], jwks: options });
	app.get("/", { claims }, () => "in");
	const client = await TestClient.start(app);
	const status = async (signer: { sent: object }) =>
		(await client.get("/", signer.sent)).status;
	const readiness = async () => (await client.get("/readyz")).status;
	return {
		log,
		client,
		status,
		readiness,
		[Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
	};
}

describe("the keys of jwtBearer", () => {
	it("are fetched when the app starts, and kept", async () => {
		await using source = await provider();
		await using app = await started({ url: source.url });
		assert.equal(source.state.fetches, 1);
		assert.equal(await app.status(one), 200);
		assert.equal(await app.status(one), 200);
		assert.equal(await app.readiness(), 200);
		assert.equal(source.state.fetches, 1);
	});

	it("are fetched anew for an unknown key, once within the cooldown", async () => {
		await using source = await provider();
		await using app = await started({ url: source.url, cooldownMs: 0 });
		source.state.keys = [two.jwk];
		const answers = await Promise.all([1, 2, 3].map(() => app.status(two)));
		assert.deepEqual(answers, [200, 200, 200]);
		assert.equal(source.state.fetches, 2);
		assert.equal(await app.status(one), 401);

		await using patient = await started({ url: source.url });
		const before = source.state.fetches;
		source.state.keys = [three.jwk];
		assert.equal(await patient.status(three), 401);
		assert.equal(await patient.status(three), 401);
		assert.equal(await patient.status(two), 200);
		assert.equal(source.state.fetches, before);
	});

	it("are fetched anew when they are old, while the old ones are used", async () => {
		await using source = await provider();
		await using app = await started({
			url: source.url,
			maxAgeMs: 0,
			cooldownMs: 0,
		});
		source.state.keys = [one.jwk, two.jwk];
		assert.equal(await app.status(one), 200);
		assert.equal(await app.status(two), 200);
		assert.ok(source.state.fetches >= 2);
	});

	it("are used while the provider is away", async () => {
		await using source = await provider();
		await using app = await started({
			url: source.url,
			maxAgeMs: 0,
			cooldownMs: 0,
		});
		await source.close();
		assert.equal(await app.status(one), 200);
		assert.equal(await app.status(two), 401);
		assert.equal(await app.readiness(), 200);
		assert.match(
			app.log.join("\n"),
			/could not be fetched, the last ones are used/,
		);
		assert.doesNotMatch(app.log.join("\n"), /swordfish/);
	});

	it("may be absent when the app starts, which is then not ready", async () => {
		const gone = await provider();
		await gone.close();
		await using app = await started({ url: gone.url, cooldownMs: 0 });
		assert.equal(await app.readiness(), 503);
		const response = await app.client.get("/", one.sent);
		assert.equal(response.status, 503);
		assert.equal(response.headers.get("retry-after"), "5");
		assert.equal(await app.status({ sent: {} }), 401);
		assert.match(app.log.join("\n"), /there are no keys from http:/);
		assert.doesNotMatch(app.log.join("\n"), /swordfish/);
		await using back = await provider(gone.port);
		// a finding of readiness counts for a second
		while ((await app.readiness()) !== 200) {
			await setTimeout(50);
		}
		assert.equal(await app.status(one), 200);
		assert.ok(back.state.fetches > 0);
	});

	for (const [name, answer] of Object.entries<
		(response: ServerResponse) => void
	>({
		"an error": (response) => response.writeHead(500).end("swordfish"),
		"no JSON": (response) => response.end("<html>"),
		"no key set": (response) => response.end('{"keys":[1]}'),
		nothing: (response) => response.end("null"),
		"no keys": (response) => response.end('{"keys":[]}'),
		"keys for something else": (response) =>
			response.end('{"keys":[{"kty":"RSA","use":"enc","n":"AQ","e":"AQAB"}]}'),
		"a redirect": (response) =>
			response.writeHead(302, { location: "/jwks.json" }).end(),
		"more than a key set": (response) =>
			response.end(JSON.stringify({ keys: [], pad: "x".repeat(1_100_000) })),
		"nothing in time": () => {},
	})) {
		it(`are none where the provider gives ${name}`, async () => {
			await using source = await provider();
			source.state.answer = answer;
			await using app = await started({
				url: source.url,
				timeoutMs: 200,
				cooldownMs: 0,
			});
			assert.equal(await app.status(one), 503);
			assert.equal(await app.readiness(), 503);
			source.state.answer = undefined;
			assert.equal(await app.status(one), 200);
		});
	}
});

it("two Authorization headers are refused, whichever would count", async () => {
	await using source = await provider();
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	const claims = jwtBearer({ algorithms: ["EdDSA"], jwks: source.url });
	app.get("/", { claims }, () => "in");
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: { info() {}, warn() {}, error() {} },
	});
	try {
		const { port } = new URL(server.url);
		const { authorization } = one.sent.headers;
		const line = `Authorization: ${authorization}\r\n`;
		for (const [lines, status] of [
			[line, "200"],
			[line + line, "401"],
		] as const) {
			const socket = connect(Number(port), "127.0.0.1");
			socket.write(
				`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`,
			);
			let answer = "";
			for await (const piece of socket) {
				answer += String(piece);
			}
			assert.equal(answer.slice(0, 12), `HTTP/1.1 ${status}`);
		}
	} finally {
		await server.close();
	}
});
