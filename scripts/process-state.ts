/** The state of a process that test files share and can change, by name. */
export type ProcessState = ReadonlyMap<string, unknown>;

const events = [
	...["beforeExit", "exit", "uncaughtException", "unhandledRejection"],
	...["warning", "SIGHUP", "SIGINT", "SIGTERM", "SIGUSR2"],
];

/** Functions that tests replace, by what has them. */
const replaceable: readonly (readonly [
	prefix: string,
	holder: object,
	names: readonly string[],
])[] = [
	["console.", console, Object.keys(console)],
	["Math.", Math, ["random"]],
	["process.", process, ["exit", "kill", "emitWarning", "on", "once"]],
	["process.stdout.", process.stdout, ["write"]],
	["process.stderr.", process.stderr, ["write"]],
	[
		"",
		globalThis,
		[
			...["Date", "fetch", "queueMicrotask", "setImmediate", "clearImmediate"],
			...["setInterval", "clearInterval", "setTimeout", "clearTimeout"],
		],
	],
];

/**
 * The working folder, the environment, how many listeners the process has, and the functions that tests replace.
 * {@link changesSince} compares with it later.
 */
export function processState(): ProcessState {
	const state = new Map<string, unknown>([["process.cwd()", process.cwd()]]);
	for (const [name, value] of Object.entries(process.env)) {
		state.set(`process.env.${name}`, value);
	}
	for (const event of events) {
		const count = process.listenerCount(event);
		state.set(`process.listenerCount("${event}")`, count);
	}
	for (const [prefix, holder, names] of replaceable) {
		for (const name of names) {
			state.set(`${prefix}${name}`, Reflect.get(holder, name));
		}
	}
	return state;
}

/** The names of what is not as it was in an earlier state. */
export function changesSince(before: ProcessState): string[] {
	const now = processState();
	const names = new Set([...before.keys(), ...now.keys()]);
	return [...names].filter(
		(name) => !Object.is(before.get(name), now.get(name)),
	);
}
