import cluster, { type Worker as ClusterWorker } from "node:cluster";
import { workerVariable } from "./worker-message.ts";

/** Streams of a process as `node:cluster` has them, unless the program has set others. */
const streams = ["inherit", "inherit", "inherit", "ipc"] as const;

/**
 * Starts the program of this process once more, as a worker.
 *
 * @param place the number of the worker and how many there are: `1/4`
 * @param descriptor one of this process that it is to inherit
 */
export function forkWorker(
	place: string,
	descriptor: number | undefined,
): ClusterWorker {
	if (descriptor === undefined) {
		return cluster.fork({ [workerVariable]: place });
	}
	const { stdio } = cluster.settings;
	const own: readonly unknown[] = Array.isArray(stdio) ? stdio : streams;
	cluster.setupPrimary({ stdio: [...own, descriptor] as never }); // the types have no name for it
	try {
		return cluster.fork({ [workerVariable]: `${place}/${own.length}` });
	} finally {
		cluster.setupPrimary({ stdio });
	}
}
