/**
 * Measures the cost of security: `npm run bench:security`. How long a request takes with a verified token, beside one whose handler calls
 * jose itself; with `oauth2PasswordBearer`, beside a dependency written by hand; and how long other requests take while 500 people log in at once.
 * Each pair is measured in turns, in one process; the logins are answered by a process of their own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	createLocalJWKSet,
	exportJWK,
	generateKeyPair,
	type JWTVerifyGetKey,
	jwtVerify,
	SignJWT,
} from "jose";
import { App, dependency, Header, HTTPException, serve } from "vivace";
import {
	hashPassword,
	type Jwk,
	type JwtBearerOptions,
	type JwtClaims,
	jwtBearer,
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
	verifyPassword,
} from "vivace/security";
import { z } from "zod";
import { markdownTable } from "../shared/table.ts";

const rounds = 40;
const requestsARound = 400;
const audience = "shop";
const secret = "a secret of thirty-two bytes, or a few more";

if (process.argv[2] === "serve") {
	await serveLogins();
} else {
	console.log(await tokensTable());
	console.log(await bearerTable());
	console.log(await loginsTable());
}

async function tokensTable(): Promise<string> {
	const rows: string[][] = [];
	for (const algorithm of ["EdDSA", "RS256", "HS256"] as const) {
		const { find, options, token } = await signed(algorithm);
		const verify = { algorithms: [algorithm], audience };
		const empty = new App();
		empty.get("/", () => "in");
		const byHand = new App();
		byHand.get("/", {}, async (_, request) => {
			const header = request.header("authorization") ?? "";
			const { payload } = await jwtVerify(header.slice(7), find, verify);
			return payload.sub ?? "";
		});
		const ours = new App();
		const claims = jwtBearer({ ...options, audience });
		ours.get("/", { claims }, ({ claims }) => claims.sub ?? "");
		const [none = 0, bare = 0, verified = 0] = await inTurns(
			[empty, byHand, ours],
			`Bearer ${token}`,
		);
		rows.push([
			algorithm,
			(bare - none).toFixed(1),
			(verified - none).toFixed(1),
			`${(((verified - none) / (bare - none) - 1) * 100).toFixed(1)} %`,
		]);
	}
	return markdownTable(
		["algorithm", "jose in the handler, µs", "jwtBearer, µs", "more"],
		rows,
	);
}

/** A token of an algorithm, what finds its key, and the options of `jwtBearer` that do. */
async function signed(algorithm: "EdDSA" | "RS256" | "HS256"): Promise<{
	readonly token: string;
	readonly find: JWTVerifyGetKey;
	readonly options: JwtBearerOptions<
		StandardSchemaV1<unknown, JwtClaims>,
		true
	>;
}> {
	const jwt = new SignJWT({ scope: "read" })
		.setProtectedHeader({ alg: algorithm, kid: "1" })
		.setSubject("ada")
		.setAudience(audience)
		.setExpirationTime("1h");
	if (algorithm === "HS256") {
		const bytes = new TextEncoder().encode(secret);
		const form = { name: "HMAC", hash: "SHA-256" };
		const usages: ["verify"] = ["verify"];
		const key = await crypto.subtle.importKey(
			"raw",
			bytes,
			form,
			false,
			usages,
		);
		return {
			token: await jwt.sign(bytes),
			find: () => key,
			options: { algorithms: [algorithm], secret },
		};
	}
	const { privateKey, publicKey } = await generateKeyPair(algorithm);
	const keys = [{ ...(await exportJWK(publicKey)), kid: "1" }] as Jwk[];
	return {
		token: await jwt.sign(privateKey),
		find: createLocalJWKSet({ keys }),
		options: { algorithms: [algorithm], keys },
	};
}

async function bearerTable(): Promise<string> {
	const byHand = new App();
	const written = dependency(
		{ authorization: Header(z.string().optional()) },
		({ authorization }) => {
			const [scheme, token] = authorization?.split(" ") ?? [];
			if (scheme?.toLowerCase() !== "bearer" || token === undefined) {
				throw new HTTPException(401, "Not authenticated");
			}
			return token;
		},
	);
	byHand.get("/", { token: written }, ({ token }) => token);
	const ours = new App();
	const scheme = oauth2PasswordBearer({ tokenUrl: "token" });
	ours.get("/", { token: scheme }, ({ token }) => token);
	const [hand = 0, own = 0] = await inTurns([byHand, ours], "Bearer abc");
	return markdownTable(
		["a dependency by hand, µs a request", "oauth2PasswordBearer, µs"],
		[[hand.toFixed(2), own.toFixed(2)]],
	);
}

/** Microseconds a request of each app, in the best of its rounds: what the others add is the machine's. */
async function inTurns(
	apps: readonly App[],
	authorization: string,
): Promise<number[]> {
	const request = () =>
		new Request("http://shop.example/", { headers: { authorization } });
	const times: number[][] = apps.map(() => []);
	for (const app of apps) {
		await app.start({ summary: false });
	}
	for (let round = 0; round < rounds; round++) {
		for (const [index, app] of apps.entries()) {
			const start = performance.now();
			for (let count = 0; count < requestsARound; count++) {
				const response = await app.fetch(request());
				if (response.status !== 200) {
					throw new Error(`answered with ${response.status}`);
				}
			}
			const us = ((performance.now() - start) * 1_000) / requestsARound;
			times[index]?.push(us);
		}
	}
	for (const app of apps) {
		await app.stop();
	}
	return times.map((each) => Math.min(...each));
}

async function serveLogins(): Promise<void> {
	const hash = await hashPassword("correct horse");
	const app = new App();
	app.get("/", () => "in");
	app.post("/token", { form: oauth2PasswordRequestForm }, async ({ form }) =>
		verifyPassword(form.password, hash),
	);
	const log = { info() {}, warn() {}, error: console.error };
	const server = await serve(app, { port: 0, host: "127.0.0.1", log });
	process.send?.(server.url);
}

async function loginsTable(): Promise<string> {
	const child = spawn(process.execPath, [import.meta.filename, "serve"], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	const [url] = (await once(child, "message")) as [string];
	const idle = await latencies(url, () => true);
	const logins = Array.from({ length: 500 }, () => login(url));
	let isOver = false;
	const answers = Promise.all(logins).finally(() => {
		isOver = true;
	});
	const busy = await latencies(url, () => !isOver);
	const refused = (await answers).filter((status) => status === 503).length;
	child.kill();
	const row = (name: string, times: readonly number[]) => [
		name,
		String(times.length),
		quantile(times, 0.5).toFixed(2),
		quantile(times, 0.99).toFixed(2),
	];
	return [
		markdownTable(
			["", "other requests", "p50, ms", "p99, ms"],
			[row("idle", idle), row("500 logins at once", busy)],
		),
		`${500 - refused} were let in, ${refused} told 503.`,
	].join("\n");
}

async function login(url: string): Promise<number> {
	const body = new URLSearchParams({
		username: "ada",
		password: "correct horse",
	});
	const response = await fetch(`${url}/token`, { method: "POST", body });
	await response.text();
	return response.status;
}

/** How long requests take, one after the other. */
async function latencies(
	url: string,
	goesOn: () => boolean,
): Promise<number[]> {
	const times: number[] = [];
	const end = performance.now() + 3_000;
	while (goesOn() && (times.length < 100 || performance.now() < end)) {
		const start = performance.now();
		await (await fetch(url)).text();
		times.push(performance.now() - start);
	}
	return times;
}

function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((left, right) => left - right);
	return sorted[
		Math.min(Math.floor(sorted.length * share), sorted.length - 1)
	] as number;
}
