import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { Body, Cookie, Header, Path, Query } from "../../src/index.ts";

suite("what says where a parameter comes from", () => {
	test("is refused without a schema, at the line that has it", () => {
		const cases: readonly [name: string, got: string, given: unknown][] = [
			["Query", '"x"', "x"],
			["Header", "undefined", undefined],
			["Cookie", "null", null],
			["Path", "String, which is no schema (write z.string())", String],
			[
				"Body",
				"an object of schemas (write z.object({ … }))",
				{ name: z.string() },
			],
			["Query", 'the function "string" (call it: string())', z.string],
		];
		const makers = { Body, Cookie, Header, Path, Query } as Record<
			string,
			unknown
		>;
		for (const [name, got, given] of cases) {
			const make = makers[name] as (schema: unknown) => unknown;
			assert.throws(() => make(given), {
				code: "VIV_PARAMETER",
				message: `VIV_PARAMETER: ${name}(): expected a schema such as z.string() as the first argument, got ${got}.`,
			});
		}
	});
});
