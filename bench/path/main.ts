/**
 * How many files and functions a reader has to follow to understand one request: what a warm request enters, counted by V8, in Vivace and in
 * Fastify. `npm run bench:path -- --verbose` names the functions.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { workloads } from "../http/workloads.ts";
import type { BenchRequest } from "../shared/bench-request.ts";
import { installLocked } from "../shared/prepare.ts";
import { markdownTable } from "../shared/table.ts";

const peersFolder = join(import.meta.dirname, "../http");
const preload = join(import.meta.dirname, "counted-server.ts");
const servers = ["vivace", "fastify"];
const firstPort = 18_390;
const warmUpCount = 300;

const { values } = parseArgs({
	options: { verbose: { type: "boolean", default: false } },
});

interface Counted {
	readonly title: string;
	readonly request: BenchRequest;
}

const [hello, parameters, body, dependencies] = workloads.map(
	({ requests: [first] }) => first as BenchRequest,
) as [BenchRequest, BenchRequest, BenchRequest, BenchRequest];

const requests: readonly Counted[] = [
	{ title: "GET, no parameters", request: hello },
	{ title: "GET, path and query", request: parameters },
	{ title: "JSON POST, body and response schema", request: body },
	{ title: "GET, four dependencies", request: dependencies },
	{
		title: "422, a wrong body",
		request: { ...body, body: '{"name":"","price":0}' },
	},
];

type Entered = readonly (readonly [file: string, functions: string[]])[];

installLocked(peersFolder);
const counts = new Map<string, Entered[]>();
for (const [index, name] of servers.entries()) {
	counts.set(name, await countAll(name, firstPort + index));
}
report(counts);

async function countAll(name: string, port: number): Promise<Entered[]> {
	const program = join(peersFolder, `servers/${name}.ts`);
	const child = spawn(process.execPath, ["--import", preload, program], {
		env: { ...process.env, PORT: String(port), NODE_ENV: "production" },
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const found: Entered[] = [];
	try {
		await untilAnswered(child, agent, port);
		for (const { request } of requests) {
			found.push(await count(child, () => send(agent, port, request)));
		}
	} finally {
		agent.destroy();
		child.kill("SIGKILL");
	}
	return found;
}

async function count(
	child: ChildProcess,
	ask: () => Promise<unknown>,
): Promise<Entered> {
	for (let sent = 0; sent < warmUpCount; sent++) {
		await ask();
	}
	await answerTo(child, "begin");
	await ask();
	return (await answerTo(child, "end")) as Entered;
}

async function answerTo(child: ChildProcess, question: string) {
	child.send(question);
	const [answer] = await once(child, "message");
	return answer;
}

async function untilAnswered(child: ChildProcess, agent: Agent, port: number) {
	while (child.exitCode === null) {
		try {
			return await send(agent, port, hello);
		} catch {
			await new Promise((resolve) => setTimeout(resolve, 10)); // it does not listen yet
		}
	}
	throw new Error(`the server on port ${port} ended with ${child.exitCode}`);
}

async function send(
	agent: Agent,
	port: number,
	{ method, target, headers = {}, body }: BenchRequest,
): Promise<void> {
	const sent = request({
		...{ agent, host: "127.0.0.1", port, method, path: target },
		headers: {
			...headers,
			...(body && { "content-length": Buffer.byteLength(body) }),
		},
	}).end(body);
	const [response] = await once(sent, "response");
	for await (const _ of response) {
		// to its end
	}
}

function report(counts: ReadonlyMap<string, readonly Entered[]>): void {
	const [vivace = [], fastify = []] = servers.map((name) => counts.get(name));
	console.log("Files / functions that one warm request enters:\n");
	console.log(
		markdownTable(
			["request", "vivace", "vivace with Zod", "fastify"],
			requests.map(({ title }, index) => [
				title,
				cell(vivace[index]?.filter(([file]) => !isOfZod(file))),
				cell(vivace[index]),
				cell(fastify[index]),
			]),
		),
	);
	if (values.verbose) {
		printFunctions(counts);
	}
}

function cell(entered: Entered = []): string {
	const functions = entered.flatMap(([, names]) => names);
	return `${entered.length} / ${functions.length}`;
}

/** Zod makes code from texts, Vivace does not. */
function isOfZod(file: string): boolean {
	return file.includes("/node_modules/zod/") || file === "(generated)";
}

function printFunctions(counts: ReadonlyMap<string, readonly Entered[]>): void {
	for (const [name, all] of counts) {
		for (const [index, entered] of all.entries()) {
			console.log(`\n${name}: ${requests[index]?.title}`);
			for (const [file, functions] of entered) {
				const place = file.split("/").slice(-2).join("/");
				console.log(`  ${place}: ${functions.join(", ")}`);
			}
		}
	}
}
