import { setTimeout as wait } from "node:timers/promises";
import { startLimitMs } from "../peers/resource.ts";
import { type Program, unanswered } from "../program.ts";
import { releases, type Scenario, secondsToEnd } from "./scenario.ts";

/** How long a program may go on after what should end it. */
const patienceMs = 5000;

export const starting: readonly Scenario[] = [
	{
		program: "serving",
		settings: {
			resources: { database: { acquireMs: 200 }, cache: { acquireMs: 200 } },
		},
		rows: [
			"resources are there before the first answer",
			"two independent resources of 200 ms each are ready after",
		],
		async run(program) {
			const first = await program.firstAnswer();
			const wasReady =
				program.has("acquired database") && program.has("acquired cache");
			await program.until("acquired cache");
			await program.until("acquired database");
			return [
				wasReady
					? `yes${program.has(unanswered) ? ", but earlier requests get no answer" : ""}`
					: `no: answered with ${first?.status} before`,
				`${durationMs(program, ["database", "cache"]).toFixed(0)} ms`,
			];
		},
	},
	{
		program: "serving",
		settings: {
			resources: { cache: { acquireMs: 200, acquire: "fails" } },
		},
		rows: [
			"a start that fails half-way releases what was acquired",
			"the process then ends with",
			"and serves nothing",
		],
		async run(program) {
			await program.until("failed cache");
			const answer = await program.firstAnswer(patienceMs);
			const end = await program.end(patienceMs);
			return [
				releases(program) === "released" ? "yes" : "no",
				end ?? "runs on",
				answer === undefined ? "yes" : `no: answered with ${answer.status}`,
			];
		},
	},
	{
		program: "serving",
		settings: { resources: { cache: { acquire: "hangs" } } },
		rows: [
			`a resource that never comes, with a time limit of ${startLimitMs / 1000} s`,
		],
		async run(program) {
			const sign = "acquiring cache";
			await program.until(sign);
			const end = await program.end(startLimitMs + patienceMs);
			if (end !== undefined) {
				return [
					`${end} after ${secondsToEnd(program, sign)}, others ${releases(program)}`,
				];
			}
			return ["no time limit"];
		},
	},
	{
		program: "serving",
		settings: { resources: { queue: { acquireMs: 1500 } } },
		rows: ["TERM while a resource of 1.5 s is being acquired"],
		async run(program) {
			await program.until("acquiring queue");
			await wait(100);
			program.signal();
			const end = await program.end(patienceMs * 2);
			return [
				end === undefined
					? `runs on, ${releases(program)}`
					: `${end} after ${secondsToEnd(program, "signal: SIGTERM")}, ${releases(program)}`,
			];
		},
	},
];

/** From the first that begins to the last that is ready. */
function durationMs(program: Program, names: readonly string[]): number {
	const times = (state: string) =>
		names.map((name) => program.timeOf(`${state} ${name}`) ?? Number.NaN);
	return Math.max(...times("acquired")) - Math.min(...times("acquiring"));
}
