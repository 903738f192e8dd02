import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { RequestValidationError } from "../../src/errors/validation-error.ts";
import { validate } from "../../src/inject/validate.ts";

const Item = z.object({ name: z.string(), size: z.int() });

describe("validate", () => {
	test("gives what the schema makes of the data", async () => {
		assert.deepEqual(await validate(Item, { name: "a", size: 3 }), {
			name: "a",
			size: 3,
		});
	});

	test("takes a text that reads as a number, unless it is strict", async () => {
		const data = { name: "a", size: "3" };
		assert.equal((await validate(Item, data)).size, 3);
		await assert.rejects(
			validate(Item, data, { strict: true }),
			RequestValidationError,
		);
	});

	test("names every problem, after the place that the data came from", async () => {
		const location = ["message", 7];
		await assert.rejects(
			validate(Item, { size: "big" }, { location }),
			(error: RequestValidationError) => {
				assert.deepEqual(
					error.errors.map(({ type, loc }) => ({ type, loc })),
					[
						{ type: "missing", loc: ["message", 7, "name"] },
						{ type: "int_parsing", loc: ["message", 7, "size"] },
					],
				);
				assert.deepEqual(error.body, { size: "big" });
				return true;
			},
		);
	});

	test("refuses data that is not there", async () => {
		await assert.rejects(
			validate(Item, undefined),
			(error: RequestValidationError) => {
				assert.equal(error.errors[0]?.type, "missing");
				return true;
			},
		);
	});

	test("waits for a schema that is asynchronous", async () => {
		const Free = z.string().refine(async (name) => name !== "taken");
		assert.equal(await validate(Free, "free"), "free");
		await assert.rejects(validate(Free, "taken"), RequestValidationError);
	});
});
