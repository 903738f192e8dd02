import { mock } from "node:test";
import {
	LifespanRunner,
	type LifespanRunnerOptions,
} from "../../src/lifespan/lifespan-runner.ts";
import type { LifespanReporter } from "../../src/lifespan/report/lifespan-reporter.ts";
import type { ResourceNode } from "../../src/lifespan/resource.ts";

/** A node with the given way to acquire it. */
export function resource(
	name: string,
	acquire: ResourceNode["acquire"],
	more: Partial<Omit<ResourceNode, "name" | "acquire">> = {},
): ResourceNode {
	return { name, needs: [], options: {}, ...more, acquire };
}

/** A node that writes `+name` when it is acquired and `-name` when it is released. */
export function logged(
	log: string[],
	name: string,
	more: Partial<Omit<ResourceNode, "name" | "acquire">> = {},
): ResourceNode {
	return resource(
		name,
		async function* () {
			log.push(`+${name}`);
			yield name;
			log.push(`-${name}`);
		},
		more,
	);
}

/** The calls that a {@link recorder} heard: method and arguments without times. */
export interface Recorder extends LifespanReporter {
	readonly lines: string[];
}

/** A reporter that keeps what it hears, one line each. */
export function recorder(): Recorder {
	const lines: string[] = [];
	const words = (error: unknown): string =>
		error instanceof Error ? error.message : String(error);
	return {
		lines,
		starting: (name) => lines.push(`starting ${name}`),
		progress: (name, done, total, text) =>
			lines.push(`progress ${name} ${done}/${total} ${text}`),
		ready: (name) => lines.push(`ready ${name}`),
		retrying: (name, error, delayMs) =>
			lines.push(`retrying ${name} in ${delayMs}: ${words(error)}`),
		failed: (name, error) => lines.push(`failed ${name}: ${words(error)}`),
		degraded: (name, error) => lines.push(`degraded ${name}: ${words(error)}`),
		started: (count, degraded) =>
			lines.push(`started ${count}${degraded.map((name) => ` -${name}`)}`),
		late: (name) => lines.push(`late ${name}`),
		releasing: (name) => lines.push(`releasing ${name}`),
		released: (name, _ms, error) =>
			lines.push(`released ${name}${error ? `: ${words(error)}` : ""}`),
		stopped: () => lines.push("stopped"),
	};
}

/** A runner that tells nobody. */
export function runnerOf(
	nodes: readonly ResourceNode[],
	options: LifespanRunnerOptions = {},
): LifespanRunner {
	return new LifespanRunner(nodes, { reporter: recorder(), ...options });
}

/** Lets everything run that waits for nothing but promises. */
export function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

/** Takes over the timers and the clock until disposed; {@link advance} lets time pass. */
export function fakeTimers(): Disposable & {
	advance(ms: number): Promise<void>;
} {
	let nowMs = 0;
	const clock = mock.method(performance, "now", () => nowMs);
	mock.timers.enable({ apis: ["setTimeout"] });
	return {
		async advance(ms) {
			await settled();
			nowMs += ms;
			mock.timers.tick(ms);
			await settled();
		},
		[Symbol.dispose]() {
			mock.timers.reset();
			clock.mock.restore();
		},
	};
}

/** The error with which the promise rejects. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
	try {
		await promise;
	} catch (error) {
		if (error instanceof Error) {
			return error;
		}
		throw new Error(`rejected with no error but ${String(error)}`);
	}
	throw new Error("it did not reject");
}
