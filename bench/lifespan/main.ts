/**
 * Shows what Vivace and other frameworks do with the same lives of resources: real processes, sockets and signals.
 * `npm run bench:lifespan -- --help` lists the options.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Peer, peers } from "./peers.ts";
import { Program } from "./program.ts";
import { composition } from "./scenarios/composition.ts";
import { requestScope } from "./scenarios/request-scope.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { starting } from "./scenarios/starting.ts";
import { stopping } from "./scenarios/stopping.ts";

const folder = import.meta.dirname;
const root = join(folder, "../..");
const scenarios = [...starting, ...stopping, ...requestScope, ...composition];
const absent = "–";

const { values } = parseArgs({
	options: {
		peers: {
			type: "string",
			default: peers.map(({ name }) => name).join(","),
		},
		rows: { type: "string", default: "" },
		"no-install": { type: "boolean", default: false },
		verbose: { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	},
});

if (values.help) {
	console.log(`Options, with their defaults:
  --peers ${values.peers}
  --rows TEXT         only scenarios with a row that contains the text
  --no-install        take the peers that are there; those that are not show as "not installed"
  --verbose           everything that was seen in each scenario, with times`);
} else {
	if (!values["no-install"]) {
		install();
	}
	compile();
	const chosen = scenarios.filter(({ rows }) =>
		rows.some((row) => row.includes(values.rows)),
	);
	report(chosen, await observeAll(chosen));
}

/** Installs the peers outside the workspace. FastAPI is no package of npm: it is there or not. */
function install(): void {
	const script = join(root, "scripts/install.mjs");
	execFileSync(process.execPath, [script, folder], { stdio: "inherit" });
}

/** NestJS needs decorators compiled; the others are compiled with it, which also checks that they use their frameworks rightly. */
function compile(): void {
	rmSync(join(folder, "dist"), { force: true, recursive: true });
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
}

type Cells = ReadonlyMap<string, string>;

async function observeAll(
	chosen: readonly Scenario[],
): Promise<Map<Peer, Cells>> {
	const names = values.peers.split(",");
	const observed = new Map<Peer, Cells>();
	for (const peer of peers.filter(({ name }) => names.includes(name))) {
		console.error(`${peer.title} …`);
		observed.set(peer, await observe(peer, chosen));
	}
	return observed;
}

async function observe(
	peer: Peer,
	chosen: readonly Scenario[],
): Promise<Cells> {
	const cells = new Map<string, string>();
	for (const scenario of chosen) {
		const seen =
			peer.version === undefined ? [] : await runScenario(peer, scenario);
		for (const [index, row] of scenario.rows.entries()) {
			const isLacking = peer.lacks.some((part) => row.includes(part));
			const missing = peer.version === undefined ? "not installed" : absent;
			cells.set(row, isLacking ? absent : (seen[index] ?? missing));
		}
	}
	return cells;
}

async function runScenario(
	peer: Peer,
	scenario: Scenario,
): Promise<readonly (string | undefined)[]> {
	const command = peer.command(scenario.program);
	if (command === undefined) {
		return [];
	}
	await using program = await Program.start(command, scenario.settings ?? {});
	const cells = await scenario.run(program);
	if (values.verbose) {
		console.log(
			`## ${peer.title}: ${scenario.rows.map((row, index) => `${row}: ${cells[index] ?? absent}`).join("; ")}\n\n${program.report()}\n`,
		);
		if (program.output !== "") {
			console.log(`${program.output}\n`);
		}
	}
	return cells;
}

function report(
	chosen: readonly Scenario[],
	observed: ReadonlyMap<Peer, Cells>,
): void {
	const versions = Array.from(observed.keys(), ({ title, version }) =>
		version === undefined ? `${title}: not installed` : `${title}: ${version}`,
	);
	const head = ["", ...Array.from(observed.keys(), ({ title }) => title)];
	const rows = chosen.flatMap((scenario) =>
		scenario.rows.map((row) => [
			row,
			...Array.from(observed.values(), (cells) => cells.get(row) ?? absent),
		]),
	);
	const lines = [head, head.map(() => "---"), ...rows].map(
		(cells) => `| ${cells.join(" | ")} |`,
	);
	console.log(`Node ${process.version}; ${versions.join("; ")}.\n`);
	console.log(lines.join("\n"));
}
