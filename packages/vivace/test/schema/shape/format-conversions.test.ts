import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";

type Row = readonly [
	schema: StandardSchemaV1,
	received: unknown,
	read: unknown,
];

const uuid = "123e4567-e89b-12d3-a456-426614174000";
const Level = z.enum({ low: 1, high: 2 });

// as Pydantic 2.14 reads them
const rows: readonly Row[] = [
	[z.guid(), uuid.toUpperCase(), uuid],
	[z.uuid(), `{${uuid}}`, uuid],
	[z.guid(), uuid.replaceAll("-", ""), uuid],
	[v.pipe(v.string(), v.uuid()), uuid.toUpperCase(), uuid],
	[z.iso.date(), "2020-01-01T00:00:00Z", "2020-01-01"],
	[z.iso.date(), "2020-01-01 00:00", "2020-01-01"],
	[z.iso.date(), "2020-01-01T00:00:00+05:00", "2020-01-01"],
	[z.iso.date(), "1577836800", "2020-01-01"],
	[z.iso.date(), "-86400", "1969-12-31"],
	[z.iso.date(), 86_400, "1970-01-02"],
	[z.iso.date(), 1_577_836_800_000, "2020-01-01"],
	[v.pipe(v.string(), v.isoDate()), "2020-01-01T00:00", "2020-01-01"],
	[z.iso.time(), "10:00", "10:00:00"],
	[z.iso.time(), "10:00:00,5", "10:00:00.500000"],
	[z.iso.time(), "10:00:00.1234567", "10:00:00.123456"],
	[z.iso.time(), 3600.5, "01:00:00.500000"],
	[z.iso.time({ precision: -1 }), "10:00", "10:00"],
	[v.pipe(v.string(), v.isoTime()), "10:00", "10:00"],
	[v.pipe(v.string(), v.isoTimeSecond()), "10:00", "10:00:00"],
	[z.iso.duration(), "1 day, 10:00:00", "P1DT10H"],
	[z.iso.duration(), "P1Y2M", "P1Y2M"],
	[z.iso.duration(), 93_784.5, "P1DT2H3M4.5S"],
	[z.email(), "A@B.CO", "A@b.co"],
	[z.email(), " x y <a@b.co> ", "a@b.co"],
	[z.ipv6(), "2001:0DB8:0:0::1", "2001:db8::1"],
	[z.ipv4(), 16_909_060, "1.2.3.4"],
	[z.ipv6(), 1, "::1"],
	[Level, "+1", 1],
	[Level, "2.0", 2],
	[Level, true, 1],
	[type.enumerated(1, 2), 1, 1],
	// a demand of the schema goes first
	[z.guid().regex(/^[^a-f]*$/), uuid.toUpperCase(), uuid.toUpperCase()],
	[z.string(), "10:00", "10:00"],
];

describe("a text, or the number that stands for it, has the form that Pydantic gives it", () => {
	for (const [schema, received, read] of rows) {
		test(`${JSON.stringify(received)} is ${JSON.stringify(read)}`, async () => {
			const { parseJson, parseText } = compileSchema(schema);
			const { value, errors } = await parseJson(received, ["body"]);
			assert.deepEqual([value, errors], [read, undefined]);
			if (typeof received === "string") {
				assert.equal((await parseText(received, ["query"])).value, read);
			}
		});
	}

	test("an answer too", async () => {
		const Day = z.object({ day: z.iso.date(), length: z.iso.duration() });
		const { value } = await compileSchema(Day).encode(
			{ day: new Date("2020-01-01"), length: 60 },
			["response"],
		);
		assert.deepEqual(value, { day: "2020-01-01", length: "PT1M" });
	});
});
