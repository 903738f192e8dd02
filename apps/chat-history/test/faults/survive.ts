import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { SmallDisk } from "../../../../packages/vivace/test/support/small-disk.ts";
import { TcpProxy } from "../../../../packages/vivace/test/support/tcp-proxy.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import { ChatProcess } from "../chat-process.ts";
import { Load } from "../load.ts";
import { type Fault, faults } from "./faults.ts";
import type { FaultyEngine } from "./faulty-server.ts";

const messageCount = 200;
const defaultPoolSize = 10;

/** Nothing is timed: this only ends a test that hangs. */
const timeout = 120_000;

/** A test for each fault, of an engine. */
export function faultSuite(engine: FaultyEngine): void {
	suite(`the service under load when its ${engine.name} fails: every acknowledged message is there, once`, {
		skip: engine.missing ?? false,
	}, () => {
		for (const fault of faults) {
			test(fault.name, { timeout }, (t) => survive(t, engine, fault));
		}
	});
}

async function survive(
	t: TestContext,
	engine: FaultyEngine,
	{ flags, limits = {}, smallDisk, strike, isIdle = false }: Fault,
): Promise<void> {
	if (smallDisk !== undefined && SmallDisk.missing !== undefined) {
		t.diagnostic(`not tried: ${SmallDisk.missing}`);
		return;
	}
	await using server = await engine.start(flags?.(engine) ?? []);
	const disk = smallDisk && (await server.moveToSmallDisk(smallDisk));
	if (smallDisk !== undefined && disk === undefined) {
		t.diagnostic(`${engine.name} has none`);
		return;
	}
	await using proxy = await TcpProxy.start(server.port);
	const poolSize = limits.poolSize ?? defaultPoolSize;
	await using service = new ChatProcess(
		server.variables(proxy.port, { ...limits, poolSize }),
	);
	await using load = new Load(await service.listens(), 2 * defaultPoolSize);
	await load.more(messageCount);
	if (isIdle) {
		await load.pause();
	}
	load.report();
	const says = (pattern: RegExp) => service.says(pattern);
	await strike({ server, proxy, load, disk, says });
	if (isIdle) {
		load.resume();
	}
	const overAt = performance.now();
	await load.more(1);
	const recoveredMs = Math.round(performance.now() - overAt);
	await load.more(messageCount);
	t.diagnostic(JSON.stringify({ ...load.report(), recoveredMs }));
	await load.stop();

	assert.deepEqual(
		(await server.stored()).toSorted(),
		load.acknowledged.toSorted(),
	);
	await until(async () => {
		const sessions = await server.sessions();
		return (
			sessions.length <= poolSize &&
			sessions.every(
				({ isBusy, isInTransaction }) => !isBusy && !isInTransaction,
			)
		);
	});
	service.signal("SIGTERM");
	assert.deepEqual(await service.ended, [0, null], service.output);
	await until(async () => (await server.sessions()).length === 0);
}
