import { Piscina } from "piscina";
import { App, dependency, HTTPException, Request, serve } from "vivace";
import { z } from "zod";

/** A few threads for what would block the event loop; made before the first request, closed when the last task has ended. */
const threads = dependency(
	async function* threads() {
		const pool = new Piscina<number, number>({
			filename: new URL("./count-primes.ts", import.meta.url).href,
			maxThreads: 2,
			maxQueue: 100, // those beyond it are refused, rather than waited for by everybody
		});
		yield pool;
		await pool.close();
	},
	{ scope: "app" },
);

export const app = new App({ resources: [threads] });

app.get(
	"/primes/{below}",
	{ below: z.int().min(2).max(100_000_000), threads, request: Request },
	async ({ below, threads, request }) => {
		if (threads.queueSize >= threads.options.maxQueue) {
			throw new HTTPException(503, "Too much to do; try again later");
		}
		// a client that goes away takes its task along: one that runs is ended with its thread
		const count = await threads.run(below, { signal: request.signal });
		return { count };
	},
);

if (import.meta.main) {
	await serve(app, { port: 8000 });
}
