/**
 * Measures what an app with many routes takes until it serves: load, declare, start, document.
 * `npm run bench:start -- --help` lists the options.
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
	baselineName,
	compileServers,
	installBaseline,
	installPeers,
} from "../shared/prepare.ts";
import { estimate, markdownTable, showEstimate } from "../shared/table.ts";
import type { Phases } from "./servers/phases.ts";

const folder = import.meta.dirname;

const { values } = parseArgs({
	options: {
		routes: { type: "string", default: "300" },
		rounds: { type: "string", default: "9" },
		baseline: { type: "string", default: "" },
		help: { type: "boolean", default: false },
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --routes ${values.routes}      path operations, each with four schemas
  --rounds ${values.rounds}        starts of each contender, in turns
  --baseline PATH   also another Vivace: a checkout with its dependencies, or a tarball`);
} else {
	installPeers(folder);
	compileServers(folder);
	const contenders = new Map([
		["vivace", join(folder, "dist/vivace.js")],
		["fastify", join(folder, "dist/fastify.js")],
	]);
	if (values.baseline !== "") {
		contenders.set(baselineName, installBaseline(folder, values.baseline));
	}
	console.log(summary(measure(contenders)));
}

function measure(
	contenders: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Phases[]> {
	const measured = new Map<string, Phases[]>();
	const names = [...contenders.keys()];
	for (let round = 0; round < Number(values.rounds); round += 1) {
		// another one is first in each round
		const turn = round % names.length;
		for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
			const phases = startOnce(contenders.get(name) ?? "");
			measured.set(name, [...(measured.get(name) ?? []), phases]);
		}
	}
	return measured;
}

function startOnce(server: string): Phases {
	const text = execFileSync(process.execPath, [server], {
		env: { ...process.env, BENCH_ROUTES: values.routes },
		encoding: "utf8",
	});
	const phases = JSON.parse(text) as Phases;
	if (phases.documented !== Number(values.routes)) {
		throw new Error(`${server} documents ${phases.documented} routes`);
	}
	return phases;
}

function summary(measured: ReadonlyMap<string, readonly Phases[]>): string {
	const columns: readonly [string, (phases: Phases) => number][] = [
		["load", ({ loadMs }) => loadMs],
		["declare and start", ({ declareMs, startMs }) => declareMs + startMs],
		["document", ({ documentMs }) => documentMs],
		[
			"all but load",
			({ declareMs, startMs, documentMs }) => declareMs + startMs + documentMs,
		],
		["resident MB", ({ residentMb }) => residentMb],
	];
	const rows = [...measured].map(([name, runs]) => [
		name,
		...columns.map(([, of]) => showEstimate(estimate(runs.map(of)))),
	]);
	const cores = cpus();
	return `Node ${process.version}, ${cores[0]?.model.trim()}, ${cores.length} cores; ${values.routes} routes with ${Number(values.routes) * 4} schemas, ${values.rounds} starts. CPU milliseconds.

${markdownTable(["", ...columns.map(([title]) => title)], rows)}`;
}
