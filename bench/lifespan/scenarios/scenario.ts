import type { Scenario as Settings } from "../peers/resource.ts";
import type { Program } from "../program.ts";

/** A treatment of a peer's program, and the rows of the table that come of it. */
export interface Scenario {
	/** Name of the program's file in a peer's folder. */
	readonly program: "serving" | "request-scope" | "mounted" | "script";
	readonly settings?: Settings;
	readonly rows: readonly string[];
	/** Gives one cell for each row; `undefined` where the peer has no such thing. */
	run(program: Program): Promise<readonly (string | undefined)[]>;
}

/** How the resources are after the program has ended (or has not). */
export function releases(program: Program): string {
	const released = program.names("released");
	const acquired = program.names("acquired");
	if (acquired.length === 0) {
		return "nothing acquired";
	}
	const kept = acquired.filter((name) => !released.includes(name));
	if (kept.length === 0) {
		return "released";
	}
	if (released.length === 0) {
		return "not released";
	}
	return `not released: ${kept.join(", ")}`;
}

/** Whether something used a resource that had been released. */
export function misuse(program: Program): string {
	return program.names("misused").length > 0
		? ", but with a released resource"
		: "";
}

/** Time from one thing to the end of the process. */
export function secondsToEnd(program: Program, from: string): string {
	const end = program.seen.find(({ text }) => text.startsWith("process ended"));
	const beginMs = program.timeOf(from);
	if (end === undefined || beginMs === undefined) {
		return "never";
	}
	return `${((end.atMs - beginMs) / 1000).toFixed(1)} s`;
}

/** Starts a request and waits until the program is at work on it; false if it has no such path operation. */
export async function beginRequest(
	program: Program,
	path: string,
	sign: string,
): Promise<ReturnType<Program["request"]> | undefined> {
	if ((await program.firstAnswer()) === undefined) {
		throw new Error(`it does not answer:\n${program.output}`);
	}
	const exchange = program.request("GET", path);
	await Promise.race([program.until(sign), exchange.over]);
	if (exchange.status === 404) {
		return undefined;
	}
	await program.until(sign);
	return exchange;
}
