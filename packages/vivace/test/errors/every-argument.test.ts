import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ArgumentTaker, argumentTakers } from "./argument-takers.ts";
import { kinds } from "./kinds.ts";

for (const taker of Object.values(argumentTakers).flat()) {
	suite(taker.where, () => {
		test("takes what is right", async () => {
			await take(taker, taker.right);
		});

		taker.right.forEach((_, position) => {
			const takes = (taker.takes?.[position] ?? "").split(" ");
			test(`argument ${position + 1}: takes ${takes.join(", ") || "nothing of another kind"}, and tells the rest at its line`, async () => {
				for (const [kind, make] of Object.entries(kinds)) {
					const given = taker.right.with(position, make());
					if (takes.includes(kind)) {
						await take(taker, given);
					} else if (!takes.includes(`-${kind}`)) {
						await assertRefused(taker, given, kind);
					}
				}
			});
		});
	});
}

async function take(
	{ call }: ArgumentTaker,
	given: readonly unknown[],
): Promise<void> {
	await call(...(given as never));
}

async function assertRefused(
	taker: ArgumentTaker,
	given: readonly unknown[],
	kind: string,
): Promise<void> {
	const error = await take(taker, given).then(
		() => assert.fail(`${kind} was taken`),
		(reason) => reason,
	);
	const { throws = "SetupError" } = taker;
	assert.equal(error?.constructor.name, throws, `${kind}: ${error?.stack}`);
	const [, first] = (error.stack ?? "").split("\n");
	assert.match(
		first ?? "",
		/test\/errors\/(?:\w+-takers|every-argument\.test)\.ts:\d+/,
		`${kind}: ${error.stack}`,
	);
}
