import type { AddressInfo } from "node:net";
import { styleText } from "node:util";
import { shortPath } from "./find-program.ts";
import type { ProcessEnd, ServedApp } from "./program-process.ts";

/** The lines of `vivace dev` for the person at the terminal. */
export class DevLog {
	listening(
		{ address, port, family }: AddressInfo,
		{
			isSecure,
			documentationPath,
		}: Pick<ServedApp, "isSecure" | "documentationPath">,
	): void {
		const reachable = everywhere[address] ?? address;
		const host = family === "IPv6" ? `[${reachable}]` : reachable;
		const url = styleText(
			"cyan",
			`${isSecure ? "https" : "http"}://${host}:${port}`,
		);
		this.#say(
			`Vivace is listening on ${url}${address in everywhere ? ", on every address of this machine" : ""}` +
				`${documentationPath === undefined ? "" : ` (documentation: ${documentationPath})`}`,
		);
	}

	watching(fileCount: number): void {
		const files =
			fileCount === 1 ? "its file" : `one of its ${fileCount} files`;
		this.#say(`The app is reloaded when ${files} changes`);
	}

	reloaded(changed: readonly string[], ms: number): void {
		const done = styleText("green", `Reloaded in ${Math.round(ms)} ms`);
		this.#say(`${done}: ${changeText(changed)}`);
	}

	/** The reason has been told by the process that failed. */
	failed(changed: readonly string[], isServing: boolean): void {
		const what =
			changed.length === 0
				? "The app could not be started"
				: `Not reloaded: ${changeText(changed)}`;
		const then = isServing
			? "the version before goes on serving"
			: "it is tried again when a file changes";
		console.error(`${styleText("red", what, onErrors)}; ${then}`);
	}

	ended(end: ProcessEnd): void {
		const how = typeof end === "number" ? `exit code ${end}` : end;
		console.error(
			`${styleText("red", `The app has ended (${how})`, onErrors)}; it is started again when a file changes`,
		);
	}

	stopping(signal: NodeJS.Signals, isFirst: boolean): void {
		this.#say(
			isFirst
				? `Vivace is stopping (${signal})`
				: `Vivace stops at once (${signal} again)`,
		);
	}

	stopped(): void {
		this.#say("Vivace has stopped");
	}

	#say(line: string): void {
		console.log(line);
	}
}

const onErrors = { stream: process.stderr };

/** Addresses that stand for every address, and one of each at which this machine is reached. */
const everywhere: Readonly<Record<string, string>> = {
	"0.0.0.0": "127.0.0.1",
	"::": "::1",
};

function changeText([first = "", ...others]: readonly string[]): string {
	const more = others.length === 0 ? "" : ` and ${others.length} more`;
	return `${shortPath(first)}${more} changed`;
}
