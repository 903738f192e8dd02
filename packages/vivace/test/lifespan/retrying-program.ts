// A program that has nothing to do but to try a resource again in an hour.
import { LifespanRunner } from "../../src/lifespan/lifespan-runner.ts";

await new LifespanRunner([
	{
		name: "cache",
		needs: [],
		options: { optional: true, retry: { times: 0, delayMs: 3_600_000 } },
		acquire: () => Promise.reject(new Error("refused")),
	},
]).start();
