import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";
import { someShape } from "../../../src/schema/shape/shape.ts";
import { isBranchingUnion } from "../../../src/schema/shape/union-choice.ts";

const Pair = z.object({ a: z.string() });
const cases: readonly (readonly [
	name: string,
	schema: StandardSchemaV1,
	branches: boolean,
	branchesInBoth: boolean,
])[] = [
	["any JSON", z.json(), false, true],
	["a list of any JSON", z.array(z.json()), false, true],
	["a list or an object", z.union([z.array(Pair), Pair]), false, true],
	["a text or an object", z.union([z.string(), Pair]), false, false],
	["two objects", z.union([Pair, z.object({ b: z.string() })]), true, true],
	["two lists", z.union([z.array(z.string()), z.array(Pair)]), true, true],
	[
		"a list, an object and a record",
		z.union([z.array(Pair), Pair, z.record(z.string(), z.number())]),
		true,
		true,
	],
	[
		"a map beside a list",
		z.union([z.map(z.string(), z.number()), z.array(Pair)]),
		true,
		true,
	],
];

for (const [name, schema, branches, branchesInBoth] of cases) {
	test(`${name}: ${branches ? "several members" : "one member"} of a union may look into a value`, () => {
		const { shape } = compileSchema(schema);
		const has = (tellsLists: boolean) =>
			someShape(shape, (each) => isBranchingUnion(each, tellsLists));
		assert.deepEqual([has(true), has(false)], [branches, branchesInBoth]);
	});
}
