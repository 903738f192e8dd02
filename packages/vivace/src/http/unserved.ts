import { programPlace } from "../errors/program-stack.ts";

/** Whether the file that the process was started with has declared an app by now: the first is told of, if any. */
let isWatching = false;
let isServed = false;

/** Says that something serves apps here: in the process that watches over workers the app itself is never used. */
export function markServed(): void {
	isServed = true;
}

/**
 * Tells, when a process ends as if all were well, that the file that it was started with declares an app and nothing has served it: `node main.ts`
 * would end at once without a word.
 *
 * @returns to be called when the app is used
 */
export function tellIfUnserved(): () => void {
	const { process } = globalThis;
	const main = process?.argv?.[1];
	if (isWatching || main === undefined || isUnderTest()) {
		return () => undefined;
	}
	const place = programPlace(new Error());
	const [, file = ""] = /^(.*):\d+$/.exec(place ?? "") ?? [];
	if (file === "" || !main.replaceAll("\\", "/").endsWith(file)) {
		return () => undefined;
	}
	isWatching = true;
	let isUsed = false;
	process.on("exit", (code) => {
		if (code === 0 && !isUsed && !isServed) {
			console.error(
				`${place}: an app is declared here, but nothing serves it; add "await serve(app)", or start it with "npx vivace run ${file}".`,
			);
		}
	});
	return () => {
		isUsed = true;
	};
}

/** True in a process that runs tests, where what is declared need not be served. */
export function isUnderTest(): boolean {
	const { process } = globalThis;
	return (
		process?.env?.NODE_TEST_CONTEXT !== undefined ||
		isTestFile.test(process?.argv?.[1] ?? "")
	);
}

const isTestFile = /[._]test\.[cm]?[jt]sx?$/;
