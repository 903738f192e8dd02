import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import {
	type ArgumentTaker,
	argumentTakers,
	withoutArguments,
} from "./argument-takers.ts";

const publicNames: Readonly<Record<string, readonly string[]>> = JSON.parse(
	readFileSync(
		new URL("../../../../test/public-names.json", import.meta.url),
		"utf8",
	),
);

/** Values by the name of their kind: no argument takes all of them. */
const kinds: Readonly<Record<string, () => unknown>> = {
	nothing: () => undefined,
	null: () => null,
	number: () => 5,
	nan: () => Number.NaN,
	text: () => "x",
	boolean: () => true,
	record: () => ({}),
	list: () => [],
	numbers: () => [5],
	function: () => () => null,
	date: () => new Date(0),
	map: () => new Map(),
	promise: () => Promise.resolve(1),
	symbol: () => Symbol("s"),
	bigint: () => 1n,
};

suite("the table of what takes arguments", () => {
	for (const [entry, names] of Object.entries(publicNames)) {
		test(`has every public name of ${entry}`, () => {
			const listed = new Set([
				...(argumentTakers[entry] ?? []).map(
					({ where }) => where.split(/[.(]/)[0] ?? "",
				),
				...(withoutArguments[entry] ?? "").split(/\s+/).filter(Boolean),
			]);
			const passedOn =
				entry === "vivace-database" ? publicNames["./database"] : undefined;
			const values = names.filter(
				(name) => !name.startsWith("type ") && !passedOn?.includes(name),
			);
			assert.deepEqual([...listed].sort(), values.toSorted());
		});
	}
});

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
