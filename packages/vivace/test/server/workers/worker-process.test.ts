import assert from "node:assert/strict";
import cluster, { type Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { BrokerHost } from "../../../src/server/workers/broker-host.ts";
import { WorkerProcess } from "../../../src/server/workers/worker-process.ts";

test("a worker for which the system has no descriptors left has ended before it served", async () => {
	// as Node and Bun give it then: without a pid and send(), and no end follows
	const refused = Object.assign(new EventEmitter(), {
		process: { pid: undefined, kill: () => false },
	});
	const { fork } = cluster;
	cluster.fork = () => refused as unknown as Worker;
	try {
		const worker = new WorkerProcess(0, {
			count: 1,
			blockedMs: 0,
			messages: new BrokerHost(),
			descriptorFor: () => undefined,
		});
		worker.tellDrain(0); // a stop that comes before the error
		const error = Object.assign(new Error("spawn"), { code: "EMFILE" });
		refused.emit("error", error);
		assert.equal(await worker.ended, "could not be started (EMFILE)");
		await assert.rejects(worker.ready, {
			name: "WorkerStartError",
			message: "it ended before it served: could not be started (EMFILE)",
		});
	} finally {
		cluster.fork = fork;
	}
});
