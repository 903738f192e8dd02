import { hostname } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";

/** The figures of one process, of one interval. */
export const Figures = z.object({
	/** Which process: its machine and number. */
	process: z.string(),
	at: z.date(),
	/** Of one processor, in percent; may be above 100. */
	cpuPercent: z.number(),
	memoryMb: z.number(),
	/** The latest that a timer came in the interval, in milliseconds. */
	delayMs: z.number(),
	requestsPerSecond: z.number(),
});
export type Figures = z.infer<typeof Figures>;

/** Measures this process. */
export class Meter implements Disposable {
	readonly #process = `${hostname()}/${process.pid}`;
	readonly #delay = monitorEventLoopDelay({ resolution: 10 });
	#cpu = process.cpuUsage();
	#sinceMs = performance.now();
	#requests = 0;

	constructor() {
		this.#delay.enable();
	}

	countRequest(): void {
		this.#requests++;
	}

	/** The figures since this was asked last. */
	read(): Figures {
		const nowMs = performance.now();
		const seconds = (nowMs - this.#sinceMs) / 1000;
		const { user, system } = process.cpuUsage(this.#cpu);
		const figures = {
			process: this.#process,
			at: new Date(),
			cpuPercent: rounded((user + system) / 10_000 / seconds),
			memoryMb: rounded(process.memoryUsage.rss() / 1_048_576),
			delayMs: rounded(this.#delay.max / 1e6),
			requestsPerSecond: rounded(this.#requests / seconds),
		};
		this.#cpu = process.cpuUsage();
		this.#sinceMs = nowMs;
		this.#requests = 0;
		this.#delay.reset();
		return figures;
	}

	[Symbol.dispose](): void {
		this.#delay.disable();
	}
}

function rounded(value: number): number {
	return Math.round(value * 10) / 10;
}
