import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hashPassword, verifyPassword } from "../../src/security.ts";

suite("the answer of verifyPassword", () => {
	test("is told of when nobody has waited for it", async (context) => {
		const told = context.mock.method(console, "error", () => undefined);
		const hash = await hashPassword("correct horse");
		if (!verifyPassword("wrong", hash)) {
			assert.fail("a promise is always true");
		}
		await until(() => told.mock.callCount() > 0);
		assert.match(
			String(told.mock.calls[0]?.arguments[0]),
			/must-await\.test\.ts:\d+: nobody waited for verifyPassword\(\), .* write "await verifyPassword\(…\)"\.$/,
		);
	});

	test("is not told of when it was waited for, at once, later or in a list", async (context) => {
		const told = context.mock.method(console, "error", () => undefined);
		const hash = await hashPassword("correct horse");
		const later = verifyPassword("correct horse", hash);
		assert.equal(await verifyPassword("wrong", hash), false);
		assert.deepEqual(await Promise.all([verifyPassword("wrong", hash)]), [
			false,
		]);
		assert.equal(await later, true);
		await assert.rejects(verifyPassword("x", "no hash"), TypeError);
		// another one's line shows that the time of these has come
		verifyPassword("wrong", hash).constructor.name;
		await until(() => told.mock.callCount() > 0);
		assert.equal(told.mock.callCount(), 1);
	});
});

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
