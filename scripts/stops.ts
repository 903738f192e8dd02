/**
 * Stops a server under load again and again, and counts what was lost: `node scripts/stops.ts bun --stops 20 --workers 2`. 64 clients write one line
 * after the other; each line that was acknowledged has to be on the disk, and each request that the server had taken has to be answered.
 *
 * With `--restarts 20` each server has its workers replaced so many times before (SIGHUP), and what failed meanwhile is counted by itself; with
 * `--kills 20` one of them is killed so many times instead (SIGKILL), and what it alone knew is lost.
 */
import { mkdtempDisposableSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Crowd } from "../packages/vivace/test/server/crowd.ts";
import { Program } from "../packages/vivace/test/server/program.ts";

const bin = join(import.meta.dirname, "../node_modules/.bin");
const runtimes: Readonly<Record<string, readonly string[]>> = {
	node: [process.execPath],
	bun: [join(bin, "bun")],
	deno: [
		...[join(bin, "deno"), "run", "--allow-all", "--no-check", "--no-config"],
		...["--no-lock", "--node-modules-dir=manual"],
	],
};
const size = 64;

const { values, positionals } = parseArgs({
	options: {
		stops: { type: "string", default: "20" },
		workers: { type: "string" },
		restarts: { type: "string", default: "0" },
		kills: { type: "string", default: "0" },
	},
	allowPositionals: true,
});
const [name = "node"] = positionals;
const runtime = runtimes[name];
if (runtime === undefined) {
	throw new Error(`name a runtime: ${Object.keys(runtimes)}`);
}
for (const keepAlive of [true, false]) {
	const totals = {
		acknowledged: 0,
		lost: 0,
		failedInChanges: 0,
		failed: 0,
		unclean: 0,
	};
	const failures = new Map<string, number>();
	for (let stop = 0; stop < Number(values.stops); stop++) {
		await stopOnce(runtime, keepAlive, totals, failures);
	}
	console.log(
		name,
		keepAlive ? "kept alive" : "new for each request",
		{ stops: Number(values.stops), ...totals },
		Object.fromEntries(failures),
	);
}

async function stopOnce(
	runtime: readonly string[],
	keepAlive: boolean,
	totals: Record<
		"acknowledged" | "lost" | "failedInChanges" | "failed" | "unclean",
		number
	>,
	failures: Map<string, number>,
): Promise<void> {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-stops-"));
	const options = {
		folder: folder.path,
		...(values.workers !== undefined && { workers: Number(values.workers) }),
	};
	await using program = new Program(
		{ file: "shop.ts", under: [], runtime },
		JSON.stringify(options),
	);
	const crowd = new Crowd(await program.listens(), { keepAlive, size });
	await crowd.writes(1000);
	await changeWorkers(program, crowd);
	totals.failedInChanges += crowd.failed.length;
	program.kill("SIGTERM");
	await crowd.over();
	const code = await program.ended;
	const kept = new Set(
		readdirSync(folder.path).flatMap((file) =>
			readFileSync(join(folder.path, file), "utf8").split("\n"),
		),
	);
	totals.acknowledged += crowd.written.length;
	totals.lost += crowd.written.filter((line) => !kept.has(line)).length;
	totals.failed += crowd.failed.length;
	totals.unclean += code === 0 && !/used after/.test(program.output) ? 0 : 1;
	for (const line of crowd.failed) {
		const why = line.slice(line.indexOf(": ") + 2);
		failures.set(why, (failures.get(why) ?? 0) + 1);
	}
}

async function changeWorkers(program: Program, crowd: Crowd): Promise<void> {
	for (let restart = 1; restart <= Number(values.restarts); restart++) {
		program.kill("SIGHUP");
		await program.writes(
			new RegExp(`(has replaced its workers[\\s\\S]*){${restart}}`),
		);
		await crowd.writes(500);
	}
	for (let kill = 1; kill <= Number(values.kills); kill++) {
		const pids = [...program.output.matchAll(/acquiring 0 of \d+ in (\d+)/g)];
		process.kill(Number(pids.at(-1)?.[1]), "SIGKILL");
		await program.writes(new RegExp(`(worker 0 .* serves[\\s\\S]*){${kill}}`));
		await crowd.writes(500);
	}
}
