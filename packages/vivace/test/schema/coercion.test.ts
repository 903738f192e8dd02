import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import * as mini from "zod/mini";
import { compileSchema } from "../../src/schema/compile-schema.ts";

test("a body is converted as Pydantic does before a library's own coercion sees it", async () => {
	for (const schema of [
		z.object({ b: z.coerce.boolean(), n: z.coerce.number() }),
		mini.object({ b: mini.coerce.boolean(), n: mini.coerce.number() }),
	]) {
		const { parseJson, encode } = compileSchema(schema);
		const read = async (b: unknown, n: unknown) =>
			(await parseJson({ b, n }, ["body"])).value;
		assert.deepEqual(await read("false", "1"), { b: false, n: 1 });
		assert.deepEqual(await read("on", true), { b: true, n: 1 });
		assert.deepEqual(await read(0, 2), { b: false, n: 2 });
		// a text that is no boolean in Pydantic's words is left to the library
		assert.deepEqual(await read("maybe", 2), { b: true, n: 2 });
		const answer = await encode({ b: "false", n: "1" }, ["response"]);
		assert.deepEqual(answer.value, { b: false, n: 1 });
	}
});

test("a long list has its UUIDs in Pydantic's form, as a short one", async () => {
	const { parseJson } = compileSchema(z.array(z.uuid()));
	const uuid = "123e4567-e89b-42d3-a456-426614174000";
	for (const length of [1, 6000]) {
		const received = Array.from({ length }, () => uuid.toUpperCase());
		const { value } = await parseJson(received, ["body"]);
		assert.equal((value as string[]).at(-1), uuid);
	}
});
