// Runs in a thread of its own while a process stops: ends the process when its event loop is blocked, and says where.
import { writeSync } from "node:fs";
import { type Debugger, Session } from "node:inspector/promises";
import { parentPort, workerData } from "node:worker_threads";

/** How long the main thread has to say where it is. */
const answerMs = 2000;

const { limitMs, message } = workerData as {
	readonly limitMs: number;
	readonly message: string;
};
let step = "";

parentPort?.on("message", (name: string) => {
	step = name;
});
setTimeout(() => void end(), limitMs);

async function end(): Promise<void> {
	const place = await Promise.race([whereMainThreadIs(), silence()]);
	const at = place === "" ? "" : `, at\n${place}`;
	// the main thread can't write any more, and a thread can't make the process exit
	writeSync(2, `${message} ${step}; its event loop is blocked${at}\n`);
	process.kill(process.pid, "SIGKILL");
}

/** The innermost calls, a line each; empty when it is not JavaScript that runs. */
async function whereMainThreadIs(): Promise<string> {
	try {
		const session = new Session();
		session.connectToMainThread();
		const urls = new Map<string, string>();
		session.on("Debugger.scriptParsed", ({ params }) => {
			urls.set(params.scriptId, params.url);
		});
		const paused = new Promise<Debugger.CallFrame[]>((resolve) => {
			session.once("Debugger.paused", ({ params }) =>
				resolve(params.callFrames),
			);
		});
		await session.post("Debugger.enable");
		await session.post("Debugger.pause");
		const frames = (await paused).slice(0, 5);
		return frames.map((frame) => lineOf(frame, urls)).join("\n");
	} catch {
		return ""; // a Node without an inspector; the step has to do
	}
}

function lineOf(
	{ functionName, location }: Debugger.CallFrame,
	urls: ReadonlyMap<string, string>,
): string {
	const { scriptId, lineNumber, columnNumber = 0 } = location;
	const place = `${urls.get(scriptId)}:${lineNumber + 1}:${columnNumber + 1}`;
	return `    at ${functionName === "" ? place : `${functionName} (${place})`}`;
}

function silence(): Promise<""> {
	return new Promise((resolve) => setTimeout(() => resolve(""), answerMs));
}
