import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ClientGoneError } from "../../../src/errors/client-gone.ts";
import { FetchUpgrade } from "../../../src/server/fetch/fetch-upgrade.ts";
import { Heartbeat } from "../../../src/server/lifecycle/heartbeat.ts";

/** Of no other socket, so that those that are asked together are those of this file. */
const limits = { pingMs: 987_654, pongMs: 1, messageBytes: 1 };

class Neighbour extends Heartbeat {
	override ask(): void {}
	override cut(): void {}
	override read(): void {}
	override takenBytes(): undefined {
		return undefined;
	}
}

/** The upgrade of a client that is there, by a runtime that does `upgrade` with it. */
function accepted(upgrade: () => unknown): unknown {
	const exchange = { request: {}, info: {}, isClientGone: false };
	const host = { isClosing: false, port: { upgrade } };
	return new FetchUpgrade(host as never, exchange as never).accept(
		limits as never,
		{} as never,
	);
}

function assertNobodyIsAsked(): void {
	const neighbour = new Neighbour(limits);
	assert.equal(neighbour.previous, undefined);
	assert.equal(neighbour.next, undefined);
	neighbour.stop();
}

suite("a socket that a runtime does not open is not asked for ever whether it is there", () => {
	test("where the runtime throws", () => {
		const error = new Error("no header of ours");
		assert.throws(
			() =>
				accepted(() => {
					throw error;
				}),
			error,
		);
		assertNobodyIsAsked();
	});

	test("where it gives no socket", () => {
		assert.throws(() => accepted(() => undefined), ClientGoneError);
		assertNobodyIsAsked();
	});

	test("where it opens it later, and can't", async () => {
		const error = new Error("ws can't be loaded");
		const opened = Promise.reject(error);
		await assert.rejects(
			accepted(() => ({ opened })) as Promise<unknown>,
			error,
		);
		assertNobodyIsAsked();
	});
});
