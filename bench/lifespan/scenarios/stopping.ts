import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { Exchange } from "../exchange.ts";
import { chunkCount } from "../peers/resource.ts";
import type { Program } from "../program.ts";
import {
	beginRequest,
	misuse,
	releases,
	type Scenario,
	secondsToEnd,
} from "./scenario.ts";

/** How long a program may take to end: longer than any limit that a peer sets itself. */
const patienceMs = 25_000;
const term = "signal: SIGTERM";

export const stopping: readonly Scenario[] = [
	{
		program: "serving",
		rows: ["TERM with nothing open", "released in reverse order"],
		async run(program) {
			await program.firstAnswer();
			program.signal();
			const end = await program.end(patienceMs);
			return [`${end ?? "runs on"}, ${releases(program)}`, order(program)];
		},
	},
	{
		program: "serving",
		rows: ["TERM with an idle keep-alive connection: ends after"],
		async run(program) {
			await program.firstAnswer();
			using agent = new DisposableAgent({ keepAlive: true });
			await new Exchange(program.port, "GET", "/", { agent }).over;
			program.signal();
			return [await ending(program)];
		},
	},
	{
		program: "serving",
		rows: ["TERM with a request of 1 s under way: it is answered"],
		async run(program) {
			const exchange = await beginRequest(
				program,
				"/slow",
				"used database slow begin",
			);
			program.signal();
			await program.end(patienceMs);
			await exchange?.over;
			return [
				exchange?.isAnswered
					? `yes${misuse(program)}`
					: `no (${exchange?.result})`,
			];
		},
	},
	{
		program: "serving",
		rows: ["TERM with a download of 1 s under way: it is whole"],
		async run(program) {
			const exchange = await beginRequest(
				program,
				"/download",
				"used database chunk 2",
			);
			program.signal();
			await program.end(patienceMs);
			await exchange?.over;
			const chunks = exchange?.body.match(/database/g)?.length ?? 0;
			const isWhole = exchange?.isAnswered && chunks === chunkCount;
			return [
				isWhole
					? `yes${misuse(program)}`
					: `no (${chunks} of ${chunkCount} chunks, ${exchange?.result})`,
			];
		},
	},
	{
		program: "serving",
		rows: ["TERM with a client of server-sent events: ends after"],
		async run(program) {
			await beginRequest(program, "/events", "used database chunk 3");
			program.signal();
			return [`${await ending(program)}${misuse(program)}`];
		},
	},
	{
		program: "serving",
		rows: ["TERM with a background task of 1 s under way: it is finished"],
		async run(program) {
			const exchange = await beginRequest(
				program,
				"/task",
				"used database task begin",
			);
			if (exchange === undefined) {
				return [undefined];
			}
			await exchange.over;
			program.signal();
			await program.end(patienceMs);
			if (program.has("used database task end")) {
				return ["yes"];
			}
			return [
				program.has("misused database task end")
					? `no: it used a released resource`
					: "no: cut off",
			];
		},
	},
	{
		program: "serving",
		settings: { resources: { queue: { release: "throws" } } },
		rows: [
			"a release that throws: the others still run, and the process ends with",
		],
		async run(program) {
			await program.firstAnswer();
			program.signal();
			const end = await program.end(patienceMs);
			return [`${others(program)}, ${end ?? "runs on"}`];
		},
	},
	{
		program: "serving",
		settings: { resources: { queue: { release: "hangs" } } },
		rows: [
			"a release that never returns: the others still run, the process ends after",
		],
		async run(program) {
			await program.firstAnswer();
			program.signal();
			const end = await program.end(patienceMs);
			return [
				`${others(program)}, ${end === undefined ? "runs on" : `${secondsToEnd(program, term)} (${end})`}`,
			];
		},
	},
	{
		program: "serving",
		settings: { slowMs: 8000 },
		rows: ["TERM twice with a request of 8 s under way: ends after"],
		async run(program) {
			await beginRequest(program, "/slow", "used database slow begin");
			program.signal();
			await wait(500);
			program.signal();
			return [await ending(program)];
		},
	},
];

class DisposableAgent extends Agent {
	[Symbol.dispose](): void {
		this.destroy();
	}
}

async function ending(program: Program): Promise<string> {
	const end = await program.end(patienceMs);
	if (end === undefined) {
		return `runs on, ${releases(program)}`;
	}
	return `${secondsToEnd(program, term)} (${end}), ${releases(program)}`;
}

function order(program: Program): string {
	const released = program.names("released");
	const expected = program.names("acquired").toReversed();
	if (released.join() === expected.join()) {
		return "yes";
	}
	const last = released.indexOf("database");
	return last > released.indexOf("queue") ? "what needs another first" : "no";
}

/** Whether everything but the queue was released. */
function others(program: Program): string {
	const released = program.names("released");
	return ["database", "cache"].every((name) => released.includes(name))
		? "yes"
		: "no";
}
