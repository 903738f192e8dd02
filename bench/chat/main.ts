/**
 * Compares chat-history with the same service written by hand on other frameworks, and with the design that it replaces, on MariaDB,
 * PostgreSQL and SQLite. `npm run bench:chat -- --help` lists the options.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { freePort } from "../../packages/vivace/test/support/free-port.ts";
import {
	compareAnswers,
	compareRefusals,
	reportDifferences,
} from "../shared/compare.ts";
import { measureWorkloads, type Slices } from "../shared/measure.ts";
import {
	measuredOn,
	measureFlags,
	measureHelp,
	measureOptions,
} from "../shared/options.ts";
import { compileServers, installPeers } from "../shared/prepare.ts";
import { ServerProcess } from "../shared/server-process.ts";
import { markdownTable } from "../shared/table.ts";
import { type Contender, type ServerName, servers } from "./contender.ts";
import { type EngineName, engines } from "./engines.ts";
import { workloadTable } from "./summary.ts";
import {
	comparedRequests,
	refusedByRewrites,
	refusedRequests,
	seededMessages,
	storePath,
	workloads,
} from "./workloads.ts";

const folder = import.meta.dirname;

const { values } = parseArgs({
	options: {
		servers: { type: "string", default: Object.keys(servers).join(",") },
		engines: { type: "string", default: Object.keys(engines).join(",") },
		workloads: {
			type: "string",
			default: workloads.map(({ name }) => name).join(","),
		},
		...measureFlags({ sliceMs: 500, rounds: 22, warmUpS: 5 }),
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --servers ${values.servers}
  --engines ${values.engines}
  --workloads ${values.workloads}
${measureHelp(values)}`);
} else {
	installPeers(folder);
	compileServers(folder);
	await bundleChatHistory();
	await compareAndMeasure();
}

/** As JavaScript: memory is measured, and stripping types takes some. Its page stands beside it, as it does in its sources. */
async function bundleChatHistory(): Promise<void> {
	const app = join(folder, "../../apps/chat-history");
	const build = await rolldown({
		input: join(app, "main.ts"),
		platform: "node",
		external: /^[^./]/,
	});
	await build.write({ file: join(folder, "dist/chat-history/main.js") });
	await build.close();
	cpSync(join(app, "page"), join(folder, "dist/page"), { recursive: true });
}

async function compareAndMeasure(): Promise<void> {
	await using stack = new AsyncDisposableStack();
	const contenders = await startAll(stack);
	await compare(contenders);
	if (process.exitCode === 1) {
		return;
	}
	if (!values["check-only"]) {
		await measureAll(contenders);
	}
	await assertStored(contenders);
}

async function compare(contenders: readonly Contender[]): Promise<void> {
	const all = contenders.map(({ server }) => server);
	const stricter = contenders
		.filter(({ name }) => name !== "original")
		.map(({ server }) => server);
	reportDifferences(all, [
		...(await compareAnswers(all, comparedRequests)),
		...(await compareRefusals(all, refusedRequests)),
		...(await compareRefusals(stricter, refusedByRewrites)),
	]);
	const stores = comparedRequests.filter(({ target }) => target === storePath);
	for (const contender of contenders) {
		contender.acknowledged += stores.length;
	}
}

/** Starts every server that can run, on every engine that it knows, each with a database of its own. */
async function startAll(stack: AsyncDisposableStack): Promise<Contender[]> {
	const contenders: Contender[] = [];
	const names = values.servers.split(",") as ServerName[];
	const able = names.filter((name) => isThere(name, servers[name].missing()));
	for (const engineName of values.engines.split(",") as EngineName[]) {
		if (!isThere(engineName, engines[engineName].missing)) {
			continue;
		}
		const engine = stack.use(await engines[engineName].start());
		for (const name of able) {
			const { engines: known, run } = servers[name];
			if (!known.includes(engineName)) {
				continue;
			}
			const database = await engine.create(name);
			const port = await freePort();
			const server = await ServerProcess.start({
				name: `${name} (${engines[engineName].title})`,
				port,
				run: run(port),
				env: database.variables,
				probe: "/",
				databasePid: engine.pid,
			});
			stack.use(server);
			const contender = { name, engine: engineName, server, database };
			contenders.push({ ...contender, acknowledged: 0 });
		}
	}
	return contenders;
}

function isThere(name: string, missing: string | undefined): boolean {
	if (missing === undefined) {
		return true;
	}
	console.error(`${name} is left out: ${missing}`);
	return false;
}

async function measureAll(contenders: readonly Contender[]): Promise<void> {
	const chosen = values.workloads.split(",");
	const byServer = new Map(contenders.map((each) => [each.server, each]));
	const measured = await measureWorkloads(
		[...byServer.keys()],
		workloads.filter(({ name }) => chosen.includes(name)),
		measureOptions(values),
		(server, answers) => {
			const contender = byServer.get(server);
			if (contender) {
				contender.acknowledged += answers[storePath] ?? 0;
			}
		},
	);
	await report(contenders, measured);
}

/** A benchmark that loses messages, or stores one twice, is worth nothing. */
async function assertStored(contenders: readonly Contender[]): Promise<void> {
	const seeded = [...seededMessages()].length;
	for (const { server, database, acknowledged } of contenders) {
		const stored = (await database.countMessages()) - seeded;
		if (stored === acknowledged) {
			continue;
		}
		console.error(
			`${server.name} has acknowledged ${acknowledged} messages and stored ${stored}.`,
		);
		process.exitCode = 1;
	}
	const total = contenders.reduce((sum, each) => sum + each.acknowledged, 0);
	if (process.exitCode === undefined) {
		console.log(`\nAll ${total} acknowledged messages are stored, once each.`);
	}
}

async function report(
	contenders: readonly Contender[],
	measured: ReadonlyMap<string, Slices>,
): Promise<void> {
	const parts = [
		`${measuredOn(values)} Means ± standard errors; ratios round by round.`,
	];
	for (const [engine, { title }] of Object.entries(engines)) {
		const on = contenders.filter((each) => each.engine === engine);
		if (on.length === 0) {
			continue;
		}
		for (const [workload, slices] of measured) {
			const rows = on.map(({ name, server }) => ({
				name,
				slices: slices.get(server.name) ?? [],
			}));
			parts.push(`${title}, ${workload}:`, workloadTable(rows));
		}
	}
	parts.push("Resident memory at the end:", await memoryTable(contenders));
	console.log(parts.join("\n\n"));
}

async function memoryTable(contenders: readonly Contender[]): Promise<string> {
	const rows = contenders.map(async ({ server }) => {
		const { rssBytes } = await server.usage();
		return [server.name, (rssBytes / 1e6).toFixed(0)];
	});
	return markdownTable(["server", "memory (MB)"], await Promise.all(rows));
}
