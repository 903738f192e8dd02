import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { z } from "zod";
import * as zm from "zod/mini";
import { App, Body, Cookie, Header, Query } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

const strip = (value: unknown) =>
	typeof value === "string" ? value.replaceAll(" ", "") : value;
const split = (value: unknown) =>
	[value]
		.flat()
		.flatMap((each) => (typeof each === "string" ? each.split(",") : [each]));

const Count = z.preprocess(strip, z.int());
const Counts = z.preprocess(split, z.array(z.int()));

const read = async (response: Promise<Response>) => (await response).json();

function notInteger(loc: readonly (string | number)[], input: unknown) {
	const msg =
		"Input should be a valid integer, unable to parse string as an integer";
	return { type: "int_parsing", loc, msg, input };
}

// the values and errors are FastAPI's for a `BeforeValidator`, but for the name of the parameters
describe("a preprocessing step", () => {
	test("sees a parameter as it was received; what it gives is converted", async () => {
		const seen: unknown[] = [];
		const spied = z.preprocess((value) => {
			seen.push(value);
			return strip(value);
		}, z.int());
		const app = new App({ logger: quiet });
		app.get("/path/{n}", { n: spied }, (values) => values);
		app.get(
			"/query",
			{ n: Count.nullish(), ids: Query(Counts), m: Count.default(5) },
			(values) => values,
		);
		app.get("/header", { n: Header(Count), ids: Header(Counts) }, (v) => v);
		app.get("/cookie", { n: Cookie(Count), ids: Cookie(Counts) }, (v) => v);
		await using client = await TestClient.start(app);
		await client.get("/path/1"); // the first one finds out what is made of a value that is not there
		seen.length = 0;
		assert.deepEqual(await read(client.get("/path/1 000")), { n: 1000 });
		assert.deepEqual(seen, ["1 000"]);
		assert.deepEqual(await read(client.get("/path/1 x")), {
			detail: [notInteger(["path", "n"], "1x")],
		});
		const query = { n: "1 000", ids: "1,2" };
		assert.deepEqual(await read(client.get("/query", { query })), {
			n: 1000,
			ids: [1, 2],
			m: 5,
		});
		const wrong = { ids: ["1,x", "3"] };
		assert.deepEqual(await read(client.get("/query", { query: wrong })), {
			detail: [notInteger(["query", "ids", 1], "x")],
		});
		const made = { n: 1000, ids: [1, 2] };
		const options = { headers: query, cookies: query };
		assert.deepEqual(await read(client.get("/header", options)), made);
		assert.deepEqual(await read(client.get("/cookie", options)), made);
	});

	test("works in models of parameters and in bodies, at any depth", async () => {
		const Model = z.object({ n: Count, ids: Counts.optional() });
		const Order = z
			.object({ ...Model.shape, lines: z.array(Model).default([]) })
			.meta({ id: "Order" });
		const app = new App({ logger: quiet });
		app.get("/", { model: Query(Model) }, ({ model }) => model);
		app.post("/", { order: Order }, ({ order }) => order);
		app.post(
			"/strict",
			{ order: Body(Order, { strict: true }) },
			({ order }) => order,
		);
		await using client = await TestClient.start(app);
		const query = { n: "1 000", ids: ["1,2", "3"] };
		assert.deepEqual(await read(client.get("/", { query })), {
			n: 1000,
			ids: [1, 2, 3],
		});
		const json = { n: "1 000", ids: [1, "2,3"], lines: [{ n: 7 }] };
		assert.deepEqual(await read(client.post("/", { json })), {
			n: 1000,
			ids: [1, 2, 3],
			lines: [{ n: 7 }],
		});
		const wrong = { n: "1 000", ids: "1,x", lines: [{ n: "2 y" }, {}] };
		assert.deepEqual(await read(client.post("/", { json: wrong })), {
			detail: [
				notInteger(["body", "ids", 1], "x"),
				notInteger(["body", "lines", 0, "n"], "2y"),
				{
					type: "missing",
					loc: ["body", "lines", 1, "n"],
					msg: "Field required",
					input: {},
				},
			],
		});
		// Pydantic's strict mode holds for what the function gives
		const strict = await read(client.post("/strict", { json: wrong }));
		assert.deepEqual(
			(strict as { detail: { type: string; loc: unknown[] }[] }).detail.map(
				({ type, loc }) => [type, loc.join(".")],
			),
			[
				["int_type", "body.n"],
				["int_type", "body.ids.0"],
				["int_type", "body.ids.1"],
				["int_type", "body.lines.0.n"],
				["missing", "body.lines.1.n"],
			],
		);
		const { components } = app.openapi();
		const document = JSON.stringify(components?.schemas);
		assert.match(
			document,
			/"n":\{"title":"N","type":"integer"\}|"n":\{"type":"integer","title":"N"\}/,
		);
	});

	test("may give an object, whose dates are converted and nulls filled in", async () => {
		const parse = (value: unknown) =>
			typeof value === "string" ? JSON.parse(value) : value;
		const Event = z.object({
			at: z.date(),
			place: z.string().nullish(),
			size: z.union([z.int(), z.literal("all")]),
		});
		const app = new App({ logger: quiet });
		app.get(
			"/",
			{ event: Query(z.preprocess(parse, Event), { alias: "e" }) },
			({ event }) => event,
		);
		app.post("/", { event: Body(z.preprocess(parse, Event)) }, (v) => v.event);
		await using client = await TestClient.start(app);
		const event = { at: "2026-01-02T03:04:05Z", size: "3" };
		const json = JSON.stringify(event);
		const read_ = { at: "2026-01-02T03:04:05+00:00", place: null, size: 3 };
		assert.deepEqual(await read(client.post("/", { json })), read_);
		assert.deepEqual(await read(client.post("/", { json: event })), read_);
		const wrong = JSON.stringify({ size: "some" });
		const refused = await read(client.post("/", { json: wrong }));
		assert.deepEqual(
			(refused as { detail: { loc: unknown[]; input: unknown }[] }).detail.map(
				({ loc, input }) => [loc.join("."), input],
			),
			[
				["body.at", { size: "some" }],
				["body.size.int", "some"],
				["body.size.literal['all']", "some"],
			],
		);
	});

	test("may be asynchronous, stand behind another, and be Zod mini's", async () => {
		const later = z.preprocess(async (value) => strip(value), Count);
		const twice = z.preprocess(
			(value) => [value].flat().map((each) => String(each).slice(1)),
			Counts,
		);
		const mini = zm.pipe(zm.transform(strip), zm.int());
		const app = new App({ logger: quiet });
		app.get(
			"/",
			{ later, twice: Query(twice), mini: Query(mini) },
			(values) => values,
		);
		await using client = await TestClient.start(app);
		const query = { later: "1 0", twice: "#1,2", mini: "3 4" };
		assert.deepEqual(await read(client.get("/", { query })), {
			later: 10,
			twice: [1, 2],
			mini: 34,
		});
	});

	test("leaves a list that would be too long to word as it is", async () => {
		const app = new App({ logger: quiet });
		app.post("/", { ns: Body(z.array(Count)) }, ({ ns }) => ns.length);
		await using client = await TestClient.start(app);
		const json = Array.from({ length: 1_000 }, (_, index) => `${index} 0`);
		assert.equal(await read(client.post("/", { json })), 1_000);
	});
});

const parse = (value: unknown) =>
	typeof value === "string" && value.startsWith("{")
		? JSON.parse(value)
		: value;
const behind = <Schema extends v.GenericSchema<unknown, unknown>>(
	schema: Schema,
	step: (value: unknown) => unknown,
) => v.pipe(v.unknown(), v.transform(step), schema);
const vInt = v.pipe(v.number(), v.integer());
const vCount = behind(vInt, strip);
const vCounts = behind(v.array(vInt), split);
const vModel = v.object({ n: vCount, ids: v.optional(vCounts) });
const Model = z.object({ n: Count, ids: Counts.optional() });

describe("a function in a pipe of Valibot that takes anything is a preprocessing step, as z.preprocess is", () => {
	const pairs: Readonly<
		Record<string, readonly [zod: StandardSchemaV1, valibot: StandardSchemaV1]>
	> = {
		integer: [Count, vCount],
		list: [Counts, vCounts],
		optional: [Count.nullish(), v.nullish(vCount)],
		default: [Count.default(5), v.optional(vCount, 5)],
		model: [Model, vModel],
		"list of models": [z.array(Model), v.array(vModel)],
		object: [z.preprocess(parse, Model), behind(vModel, parse)],
		date: [
			z.preprocess(strip, z.date()),
			v.pipe(v.any(), v.title("At"), v.transform(strip), v.date()),
		],
		bounded: [
			z.preprocess(strip, z.int()).refine((n) => n < 5, "too much"),
			v.pipe(
				vCount,
				v.check((n) => (n as number) < 5, "too much"),
			),
		],
		asynchronous: [
			z.preprocess(async (value) => strip(value), z.int()),
			v.pipeAsync(
				v.unknown(),
				v.transformAsync(async (value) => strip(value)),
				vInt,
			),
		],
		twice: [
			z.preprocess((value) => `${value}`.slice(1), Count),
			behind(vCount, (value) => `${value}`.slice(1)),
		],
	};
	const bodies: readonly unknown[] = [
		"1 000",
		"1 x",
		7,
		null,
		"1,2",
		["1", "2,x"],
		{ n: "1 000", ids: [1, "2,3"] },
		{ n: "2 y" },
		{ ids: "1" },
		'{"n":"3 0"}',
		'{"n":"3 z"}',
		[{ n: "1 0" }, { n: "x" }, {}],
		"2026-01-02T03: 04:05Z",
		[],
	];
	const texts: readonly unknown[] = ["1 000", "1 x", "", "1,2", "9"];
	for (const [name, schemas] of Object.entries(pairs)) {
		test(name, async () => {
			const seen = await Promise.all(
				schemas.map(async (schema) => {
					const app = new App({ logger: quiet });
					app.post("/lax", { x: Body(schema) }, ({ x }) => [x]);
					app.post(
						"/strict",
						{ x: Body(schema, { strict: true }) },
						({ x }) => [x],
					);
					const isText = !name.includes("model") && name !== "object";
					if (isText) {
						app.get("/", { x: Query(schema) }, ({ x }) => [x]);
					}
					await using client = await TestClient.start(app, {
						throwServerErrors: false,
					});
					const answers: unknown[] = [];
					// Valibot takes a list for an object
					const tried = isText
						? bodies
						: bodies.filter(
								(each) => name.includes("list") || !Array.isArray(each),
							);
					for (const json of tried) {
						for (const path of ["/lax", "/strict"]) {
							answers.push([
								json,
								path,
								await read(client.post(path, { json })),
							]);
						}
					}
					for (const x of isText ? texts : []) {
						answers.push([
							x,
							await read(
								client.get("/", { query: { x } as Record<string, string> }),
							),
						]);
					}
					answers.push(isText && (await read(client.get("/"))));
					return JSON.parse(JSON.stringify(answers));
				}),
			);
			for (const [index, answer] of (seen[0] as unknown[]).entries()) {
				assert.deepEqual(seen[1][index], answer);
			}
		});
	}

	test("is documented by the schema behind it", () => {
		const [zod, valibot] = [Model, vModel].map((schema) => {
			const app = new App();
			app.post("/", { x: Body(schema) }, () => 1);
			return JSON.stringify(app.openapi().paths);
		});
		assert.match(valibot as string, /"n":\{"type":"integer","title":"N"\}/);
		assert.equal(valibot?.length, zod?.length);
	});

	test("a pipe that begins with another is documented with the checks of both", () => {
		const app = new App();
		const Address = v.pipe(v.pipe(v.string(), v.email()), v.minLength(6));
		app.post("/", { x: Body(Address) }, () => 1);
		const paths = JSON.stringify(app.openapi().paths);
		assert.match(paths, /"format":"email"/);
		assert.match(paths, /"minLength":6/);
	});

	test("a transform behind a schema is none: what it gives is held to the next as it is", async () => {
		const Text = v.pipe(
			v.string(),
			v.transform((text): unknown => strip(text)),
			v.number(),
		);
		const app = new App({ logger: quiet });
		app.post("/", { x: Body(Text) }, ({ x }) => x);
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/", { json: "1 0" })).status, 422);
	});
});
