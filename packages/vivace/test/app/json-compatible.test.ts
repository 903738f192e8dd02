import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jsonCompatible } from "../../src/index.ts";

const user = {
	name: "Ada",
	seen: new Date(0),
	tags: new Set(["a"]),
	note: null,
	owner: { password: "secret", mail: null, at: new Date(0) },
	items: [{ id: 1, hidden: true }],
};
const at = "1970-01-01T00:00:00+00:00";

describe("a value as JSON, without a schema", () => {
	test("may leave out fields, at the depth that is said", () => {
		assert.deepEqual(
			jsonCompatible(user, {
				exclude: {
					tags: true,
					owner: ["password"],
					items: ["hidden"],
				},
				excludeNone: true,
			}),
			{ name: "Ada", seen: at, owner: { at }, items: [{ id: 1 }] },
		);
		assert.deepEqual(
			jsonCompatible([user, new Map([["name", 1n]])], { include: ["name"] }),
			[{ name: "Ada" }, { name: 1 }],
		);
	});

	test("keeps all of them where nothing is said, and comes back uncopied if it is JSON", () => {
		const plain = { a: [1, null], b: { c: "d" } };
		assert.equal(jsonCompatible(plain), plain);
		assert.equal(jsonCompatible(plain, {}), plain);
		assert.deepEqual((jsonCompatible(user) as typeof user).note, null);
	});

	test("knows nothing of what is unset or a default", () => {
		assert.throws(
			() => jsonCompatible(user, { excludeUnset: true } as never),
			/VIV_OPTION: jsonCompatible\(\): there is no option "excludeUnset"/,
		);
	});
});
