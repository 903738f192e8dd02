/**
 * Measures the cost of security: `npm run bench:security`. How long a request takes with a verified token, beside one whose handler calls
 * jose itself; with `oauth2PasswordBearer`, beside a dependency written by hand; and how long other requests take while 500 people log in at once.
 * Apps are measured in turns, in one process; the logins are answered by a process of their own.
 */
import { type ChildProcess, spawn } from "node:child_process";
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
import { estimate, markdownTable, showEstimate } from "../shared/table.ts";

const rounds = 100;
const requestsARound = 100;
const warmUpRounds = 20;
/** How often 500 people log in. */
const loginRounds = 5;
const audience = "shop";
const secret = "a secret of thirty-two bytes, or a few more";

const [, , part, url = ""] = process.argv;

if (part === "serve") {
	await serveLogins();
} else if (part === "log-in") {
	await logIn(url);
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
		const measured = await inTurns([empty, byHand, ours], `Bearer ${token}`);
		const more = (index: number) =>
			measured.map((times) => (times[index] ?? 0) - (times[0] ?? 0));
		const ratio = medianOf(
			measured.map(
				([none = 0, bare = 0, verified = 0]) =>
					(verified - none) / (bare - none),
			),
		);
		rows.push([
			algorithm,
			showMedian(more(1), 1),
			showMedian(more(2), 1),
			`${((ratio - 1) * 100).toFixed(1)} %`,
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
	const measured = await inTurns([byHand, ours], "Bearer abc");
	const of = (index: number) => measured.map((times) => times[index] ?? 0);
	return markdownTable(
		["a dependency by hand, µs a request", "oauth2PasswordBearer, µs"],
		[[showMedian(of(0), 2), showMedian(of(1), 2)]],
	);
}

/**
 * Microseconds of processor time a request, all threads, of each app: a list of each round. Rounds are short, the apps take turns in them, in the
 * opposite order every second time, so that what else the machine does meets all alike.
 */
async function inTurns(
	apps: readonly App[],
	authorization: string,
): Promise<number[][]> {
	const request = () =>
		new Request("http://shop.example/", { headers: { authorization } });
	for (const app of apps) {
		await app.start({ summary: false });
	}
	const measured: number[][] = [];
	for (let round = -warmUpRounds; round < rounds; round++) {
		const times: number[] = [];
		const order = [...apps.keys()];
		for (const index of round % 2 === 0 ? order : order.toReversed()) {
			const before = process.cpuUsage();
			for (let count = 0; count < requestsARound; count++) {
				const response = await apps[index]?.fetch(request());
				if (response?.status !== 200) {
					throw new Error(`answered with ${response?.status}`);
				}
			}
			const { user, system } = process.cpuUsage(before);
			times[index] = (user + system) / requestsARound;
		}
		if (round >= 0) {
			measured.push(times);
		}
	}
	for (const app of apps) {
		await app.stop();
	}
	return measured;
}

function medianOf(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The median, and how far off it may be: 1.25 times the standard error of a mean. */
function showMedian(values: readonly number[], digits: number): string {
	const error = 1.25 * estimate(values).error;
	return showEstimate({ mean: medianOf(values), error }, { digits });
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

/** Sends 500 logins at once, when it is told to, and tells the statuses of the answers. */
async function logIn(url: string): Promise<void> {
	await once(process, "message");
	const answers = await Promise.all(
		Array.from({ length: 500 }, () => login(url)),
	);
	process.send?.(answers);
	process.disconnect?.();
}

/** A part of this program as a process of its own. */
function startPart(...args: string[]): ChildProcess {
	return spawn(process.execPath, [import.meta.filename, ...args], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
}

async function loginsTable(): Promise<string> {
	const server = startPart("serve");
	const [url] = (await once(server, "message")) as [string];
	await latencies(url, () => true); // warms it up
	const idle: number[] = [];
	const busy: number[] = [];
	let refused = 0;
	for (let round = 0; round < loginRounds; round++) {
		// who sends them does nothing else: 500 requests take their time there too
		const sender = startPart("log-in", url);
		await once(sender, "spawn");
		idle.push(...(await latencies(url, () => true)));
		let isOver = false;
		const told = once(sender, "message").finally(() => {
			isOver = true;
		});
		sender.send("go");
		busy.push(...(await latencies(url, () => !isOver)));
		const [answers] = (await told) as [number[]];
		refused += answers.filter((status) => status === 503).length;
	}
	server.kill();
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
		`Of ${500 * loginRounds}, ${500 * loginRounds - refused} were let in, ${refused} told 503.`,
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
