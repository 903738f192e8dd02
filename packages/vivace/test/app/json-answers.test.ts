import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { z } from "zod";
import {
	App,
	Body,
	EventSourceResponse,
	HTTPException,
	JSONResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const day = new Date("2018-12-22T14:00:00.5Z");

function value() {
	return {
		id: 10n ** 20n,
		few: 5n,
		at: day,
		set: new Set([1n, 2n]),
		map: new Map([["a", day]]),
		anything: {
			deep: [{ at: day, ratio: Number.NaN, bytes: Uint8Array.of(97) }],
		},
	};
}

const Value = z.object({
	id: z.bigint(),
	few: z.bigint(),
	at: z.date(),
	set: z.set(z.bigint()),
	map: z.map(z.string(), z.date()),
	anything: z.unknown(),
});

/** The text of {@link value} where a date ends in this. */
const textWith = (end: string) =>
	`{"id":100000000000000000000,"few":5,"at":"2018-12-22T14:00:00.500000${end}","set":[1,2],"map":{"a":"2018-12-22T14:00:00.500000${end}"},` +
	`"anything":{"deep":[{"at":"2018-12-22T14:00:00.500000${end}","ratio":null,"bytes":"a"}]}}`;

suite("what JSON has no form for is written in one way", () => {
	test("with a schema and without, whole, line by line, as events, in an error's detail", async () => {
		const app = new App();
		app.get("/plain", value);
		app.get("/response", () => new JSONResponse(value()));
		app.get("/lines", function* () {
			yield value();
		});
		app.get("/events", () => new EventSourceResponse([value()]));
		app.get("/error", () => {
			throw new HTTPException(400, value());
		});
		app.get({ path: "/model", response: Value }, value);
		app.get({ path: "/models", response: Value }, function* () {
			yield value();
		});
		app.get(
			{
				path: "/model/events",
				response: Value,
				responseClass: EventSourceResponse,
			},
			function* () {
				yield value();
			},
		);
		await using client = await TestClient.start(app);
		const textOf = async (path: string) => (await client.get(path)).text();
		const plain = textWith("+00:00");
		const model = textWith("Z");
		assert.equal(await textOf("/plain"), plain);
		assert.equal(await textOf("/response"), plain);
		assert.equal(await textOf("/lines"), `${plain}\n`);
		assert.equal(await textOf("/events"), `data: ${plain}\n\n`);
		assert.equal(await textOf("/error"), `{"detail":${plain}}`);
		assert.equal(await textOf("/model"), model);
		assert.equal(await textOf("/models"), `${model}\n`);
		assert.equal(await textOf("/model/events"), `data: ${model}\n\n`);
	});

	test("in the problems of a request, whose numbers may be beyond all bounds", async () => {
		const app = new App();
		const params = { body: z.object({ n: z.number(), i: z.int() }) };
		app.post("/", params, () => 1);
		app.post("/again", (_, request) => request.json());
		app.get("/", { x: z.number() }, ({ x }) => x);
		await using client = await TestClient.start(app);
		const headers = { "content-type": "application/json" };
		for (const number of ["1e400", "-1e400", "9".repeat(300_000)]) {
			const body = `{"n":${number},"i":${number},"more":[${number}]}`;
			const response = await client.post("/", { body, headers });
			assert.equal(response.status, 422);
			const { detail } = (await response.json()) as {
				detail: { loc: unknown; input: unknown }[];
			};
			assert.deepEqual(
				detail.map(({ loc, input }) => [loc, input]),
				[
					[["body", "n"], null],
					[["body", "i"], null],
				],
			);
			const again = await client.post("/again", { body, headers });
			assert.deepEqual(await again.json(), { n: null, i: null, more: [null] });
		}
		assert.equal((await client.get("/?x=1e400")).status, 422);
	});
});

suite("a bigint in a JSON body", () => {
	const libraries = {
		Zod: z.object({
			id: z.bigint(),
			kind: z.literal([5n, 2n ** 60n]).default(5n),
			number: z.number().optional(),
		}),
		Valibot: v.object({
			id: v.bigint(),
			kind: v.optional(v.union([v.literal(5n), v.literal(2n ** 60n)]), 5n),
			number: v.optional(v.number()),
		}),
	};
	for (const [library, Item] of Object.entries(libraries)) {
		test(`is made of its own digits and answered with them: ${library}`, async () => {
			const app = new App();
			app.post(
				{ path: "/", response: Item },
				{ item: Body<StandardSchemaV1<unknown, object>>(Item) },
				({ item }) => item as never,
			);
			await using client = await TestClient.start(app);
			const headers = { "content-type": "application/json" };
			const cases: readonly (readonly [string, number, string])[] = [
				['{"id":9007199254740993}', 200, '{"id":9007199254740993,"kind":5}'],
				['{"id":"9007199254740993"}', 200, '{"id":9007199254740993,"kind":5}'],
				['{"id":7,"kind":5}', 200, '{"id":7,"kind":5}'],
				[
					'{"id":7,"kind":1152921504606846976,"number":10000000000000000000}',
					200,
					'{"id":7,"kind":1152921504606846976,"number":10000000000000000000}',
				],
				['{"id":1.5}', 422, '"input":1.5'],
				['{"id":7,"kind":6}', 422, '"input":6'],
				['{"id":7,"kind":1152921504606846977}', 422, "1152921504606846977"],
				[`{"id":${"9".repeat(5000)}}`, 422, '"input":null'],
			];
			for (const [body, status, text] of cases) {
				const response = await client.post("/", { body, headers });
				const answer = await response.text();
				assert.equal(response.status, status, answer);
				assert.ok(answer.includes(text), `${body}: ${answer}`);
			}
		});
	}
});
