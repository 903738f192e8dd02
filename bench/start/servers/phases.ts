/**
 * The time of a program for each step until it can answer and has its OpenAPI document: CPU time of all its threads, which stays put where
 * other work goes on.
 */
export interface Phases {
	/** From the start of the process until its modules are there. */
	readonly loadMs: number;
	readonly declareMs: number;
	readonly startMs: number;
	readonly documentMs: number;
	/** Path operations in the document: what was measured is what was asked for. */
	readonly documented: number;
	readonly residentMb: number;
}

/** Runs the steps, and prints what they took. */
export async function measurePhases(steps: {
	declare(): void;
	start(): unknown;
	document(): { readonly paths?: object };
	stop(): unknown;
}): Promise<void> {
	const loadMs = cpuMs();
	steps.declare();
	const declared = cpuMs();
	await steps.start();
	const started = cpuMs();
	const { paths = {} } = steps.document();
	const documented = cpuMs();
	const phases: Phases = {
		loadMs,
		declareMs: declared - loadMs,
		startMs: started - declared,
		documentMs: documented - started,
		documented: Object.keys(paths).length,
		residentMb: process.memoryUsage.rss() / 2 ** 20,
	};
	console.log(JSON.stringify(phases));
	await steps.stop();
}

function cpuMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
