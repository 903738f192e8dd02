/**
 * Sends requests made from the OpenAPI documents of chat-history (on SQLite) and of the examples: right ones, ones at a bound and wrong
 * ones. Whatever comes in, a 5xx or no answer is a failure, and its request is printed.
 *
 *     npm run fuzz -- --requests 50000 --seed 1 [words of names]
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Finding, fuzzTarget } from "./fuzz/fuzz-target.ts";
import { HangWatch } from "./fuzz/hang-watch.ts";
import { Random } from "./fuzz/random.ts";
import type { FuzzedRequest } from "./fuzz/requests.ts";
import {
	type FuzzTarget,
	fuzzTargets,
	NoApp,
	neededFiles,
} from "./fuzz/targets.ts";

/** The result of a run. */
export interface FuzzSummary {
	readonly sent: number;
	readonly findings: readonly Finding[];
}

/** Shares the requests out: half of them for the flagship, the rest for the examples alike. */
export async function fuzz(
	targets: readonly FuzzTarget[],
	requests: number,
	seed: number,
	onRequest: (request: FuzzedRequest) => void = () => undefined,
): Promise<FuzzSummary> {
	const findings: Finding[] = [];
	let sent = 0;
	for (const [index, target] of targets.entries()) {
		const rest = requests - sent;
		const share =
			index === 0 && targets.length > 1
				? Math.ceil(rest / 2)
				: Math.ceil(rest / (targets.length - index));
		const random = new Random(seed + index);
		try {
			const report = await fuzzTarget(target, share, random, onRequest);
			sent += report.sent;
			for (const finding of report.findings) {
				findings.push(finding);
			}
		} catch (error) {
			if (!(error instanceof NoApp)) {
				throw error;
			}
		}
	}
	return { sent, findings };
}

/** Makes a new folder the working directory, where some examples write files and look for them; disposed of, it is gone. */
export async function enterOwnFolder(): Promise<AsyncDisposable> {
	const before = process.cwd();
	const folder = await mkdtemp(join(tmpdir(), "vivace-fuzz-"));
	process.chdir(folder);
	for (const name of neededFiles) {
		await mkdir(dirname(name), { recursive: true });
		await writeFile(name, "x");
	}
	return {
		async [Symbol.asyncDispose]() {
			process.chdir(before);
			await rm(folder, { recursive: true });
		},
	};
}

/** A finding in words, with a command that sends the request again. */
export function describeFinding({
	target,
	request,
	outcome,
	logged,
}: Finding): string {
	return `${target}: ${outcome}\n${describeRequest(request)}\n${logged.split("\n").slice(0, 12).join("\n")}\n`;
}

function describeRequest({
	method,
	url,
	headers,
	body,
}: FuzzedRequest): string {
	const lines = Object.entries(headers).map(
		([name, value]) => `${name}: ${value}`,
	);
	const text = typeof body === "object" ? `${[...body]}` : (body ?? "");
	const shown =
		text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length})` : text;
	return [`${method} ${url}`, ...lines, "", shown].join("\n");
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: {
			requests: { type: "string", default: "5000" },
			seed: { type: "string", default: "1" },
		},
		allowPositionals: true,
	});
	const targets = fuzzTargets().filter(
		({ name }) =>
			positionals.length === 0 ||
			positionals.some((word) => name.includes(word)),
	);
	await using _folder = await enterOwnFolder();
	using watch = new HangWatch(20_000);
	const started = performance.now();
	const { sent, findings } = await fuzz(
		targets,
		Number(values.requests),
		Number(values.seed),
		(request) => watch.note(describeRequest(request)),
	);
	for (const finding of findings) {
		console.error(describeFinding(finding));
	}
	const seconds = ((performance.now() - started) / 1000).toFixed(0);
	console.log(
		`${sent} requests with seed ${values.seed} in ${seconds} s: ${findings.length === 0 ? "no failure" : `${findings.length} failures`}`,
	);
	process.exitCode = findings.length === 0 ? 0 : 1;
}

if (import.meta.main) {
	await main();
}
