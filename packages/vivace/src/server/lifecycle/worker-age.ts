import type { ResolvedWorkerLimits } from "./worker-limits.ts";

/** How often the limits are looked at. */
const lookMs = 100;

/** After how long it is told once more, where no other worker could take the place. */
const againMs = 30_000;

/**
 * Calls `onOver` when a worker has answered as many requests or served for as long as it may, each time with the reason. Does not keep
 * the process.
 *
 * @returns ends that
 */
export function watchWorkerAge(
	{ requests, ageMs, jitter }: ResolvedWorkerLimits,
	requestCount: () => number,
	onOver: (reason: string) => void,
): () => void {
	if (requests === undefined && ageMs === undefined) {
		return () => {};
	}
	const factor = 1 + Math.random() * jitter;
	const mostRequests = Math.floor((requests ?? Infinity) * factor);
	const beganMs = performance.now();
	const endMs = beganMs + (ageMs ?? Infinity) * factor;
	let toldMs = Number.NEGATIVE_INFINITY;
	const timer = setInterval(() => {
		const now = performance.now();
		if (now - toldMs < againMs) {
			return;
		}
		const count = requestCount();
		if (count >= mostRequests) {
			toldMs = now;
			onOver(`it has answered ${count} requests`);
		} else if (now >= endMs) {
			toldMs = now;
			onOver(`it has served for ${Math.round((now - beganMs) / 1000)} s`);
		}
	}, lookMs).unref();
	return () => clearInterval(timer);
}
