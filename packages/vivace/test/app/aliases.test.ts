import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { App, Body, Cookie, Form, Header, Query } from "../../src/index.ts";
import { pageOf } from "../../src/pagination.ts";
import { aliased, camel, snake, toJsonSchema } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

const read = async (response: Response | Promise<Response>) =>
	(await (await response).json()) as unknown;

function parametersOf(app: App, path: string): unknown {
	const paths = app.openapi().paths as Record<
		string,
		{ readonly get?: { readonly parameters?: unknown } }
	>;
	return paths[path]?.get?.parameters;
}

async function refused(response: Promise<Response>) {
	const { detail } = (await read(response)) as {
		detail: { type: string; loc: unknown[]; input?: unknown }[];
	};
	return detail.map(({ type, loc, input }) => [type, loc.join("."), input]);
}

const Line = z.object({ unit_price: z.int() }).meta({ id: "Line" });
const orderFields = {
	order_id: z.int(),
	note_text: z.string().nullish(),
	line_list: z.array(Line).default([]),
};

// values, errors and documents are those of FastAPI with `alias_generator=to_camel` and `AliasChoices`
describe("aliases", () => {
	test("camel() renames at any depth, in, out, in errors and in the document", async () => {
		const Order = camel(z.object(orderFields).meta({ id: "Order" }));
		const app = new App({ logger: quiet });
		app.post({ path: "/", response: Order }, { order: Order }, ({ order }) => ({
			...order,
			order_id: order.order_id + 1,
		}));
		await using client = await TestClient.start(app);
		const json = { orderId: "1", lineList: [{ unitPrice: 2 }] };
		assert.deepEqual(await read(client.post("/", { json })), {
			orderId: 2,
			noteText: null,
			lineList: [{ unitPrice: 2 }],
		});
		const wrong = {
			order_id: "1",
			lineList: [{ unitPrice: "x" }, { unit_price: 3 }],
		};
		assert.deepEqual(await refused(client.post("/", { json: wrong })), [
			["missing", "body.orderId", wrong],
			["int_parsing", "body.lineList.0.unitPrice", "x"],
			["missing", "body.lineList.1.unitPrice", { unit_price: 3 }],
		]);
		const { schemas = {} } = app.openapi().components as {
			schemas?: Record<string, unknown>;
		};
		assert.deepEqual(schemas.Line, {
			title: "Line",
			type: "object",
			properties: { unitPrice: { type: "integer", title: "Unitprice" } },
			required: ["unitPrice"],
		});
		assert.deepEqual(schemas.Order, {
			title: "Order",
			type: "object",
			properties: {
				orderId: { type: "integer", title: "Orderid" },
				noteText: {
					anyOf: [{ type: "string" }, { type: "null" }],
					title: "Notetext",
				},
				lineList: {
					type: "array",
					items: { $ref: "#/components/schemas/Line" },
					default: [],
					title: "Linelist",
				},
			},
			required: ["orderId"],
		});
	});

	test("defaults and examples are documented by the names on the wire", () => {
		const Part = z.object({ unit_price: z.int().default(1) });
		const Order = camel(
			z
				.object({
					main_line: Line.default({ unit_price: 1 }),
					all_lines: z.array(Line).default([{ unit_price: 2 }]),
					any_part: z
						.union([Part, z.string()])
						.default({ unit_price: 3 })
						.meta({ examples: [{ unit_price: 4 }, "x"] }),
					prices_of: z.record(z.string(), z.int()).default({ a_b: 5 }),
				})
				.meta({ examples: [{ main_line: { unit_price: 6 } }] }),
			{ aliases: { any_part: "part" } },
		);
		const { properties = {}, examples } = toJsonSchema(Order);
		const defaults = Object.entries(properties).map(([name, field]) => [
			name,
			field.default,
		]);
		assert.deepEqual(defaults, [
			["mainLine", { unitPrice: 1 }],
			["allLines", [{ unitPrice: 2 }]],
			["part", { unitPrice: 3 }],
			["pricesOf", { a_b: 5 }],
		]);
		assert.deepEqual(properties.part?.examples, [{ unitPrice: 4 }, "x"]);
		assert.deepEqual(examples, [{ mainLine: { unitPrice: 6 } }]);
	});

	test("a model is documented under both names where it is used with aliases and without", async () => {
		const warnings: unknown[] = [];
		const logger = { ...quiet, warn: (text: unknown) => warnings.push(text) };
		const app = new App({ logger });
		app.post("/a", { line: Line }, ({ line }) => line);
		app.post("/b", { line: camel(Line) }, ({ line }) => line);
		const { schemas } = app.openapi().components as { schemas: object };
		assert.ok("Line" in schemas && "Line2" in schemas);
		assert.match(String(warnings[0]), /Two different schemas have the id/);
	});

	test("a field of several names is read by each, and written by the first", async () => {
		const fields = { price: z.int(), other: z.int().default(5) };
		const options = {
			aliases: { price: ["list-price", "price_"], other: ["o1", "o2"] },
		} as const;
		const Book = aliased(z.object(fields), options);
		const Strict = aliased(z.strictObject(fields), options);
		const app = new App({ logger: quiet });
		app.post(
			{ path: "/", response: Book },
			{ book: Book },
			(each) => each.book,
		);
		app.post("/strict", { book: Strict }, ({ book }) => book);
		app.get("/", { book: Query(Book) }, ({ book }) => book);
		app.patch(
			"/",
			{ book: Body(Book, { excludeUnset: true }) },
			({ book }) => book,
		);
		await using client = await TestClient.start(app);
		const post = (json: unknown, path = "/") => client.post(path, { json });
		assert.deepEqual(await read(post({ "list-price": "1", price_: 2 })), {
			"list-price": 1,
			o1: 5,
		});
		assert.deepEqual(await read(post({ price_: "2" })), {
			"list-price": 2,
			o1: 5,
		});
		assert.deepEqual(await refused(post({ price_: "x", o2: "y" })), [
			["int_parsing", "body.price_", "x"],
			["int_parsing", "body.o2", "y"],
		]);
		assert.deepEqual(await refused(post({ price: 1 })), [
			["missing", "body.list-price", { price: 1 }],
		]);
		assert.deepEqual(
			await refused(post({ "list-price": 1, price_: 2, other: 3 }, "/strict")),
			[
				["extra_forbidden", "body.price_", 2],
				["extra_forbidden", "body.other", 3],
			],
		);
		const query = { price_: "1", o2: "7" };
		assert.deepEqual(await read(client.get("/", { query })), {
			price: 1,
			other: 7,
		});
		assert.deepEqual(await read(client.patch("/", { json: { price_: 3 } })), {
			price: 3,
		});
		const parameters = parametersOf(app, "/");
		assert.deepEqual(
			(parameters as { name: string; required: boolean }[]).map(
				({ name, required }) => [name, required],
			),
			[
				["list-price", true],
				["o1", false],
			],
		);
	});

	test("populateByName reads own names too", async () => {
		const Order = camel(z.object({ order_id: z.int() }), {
			populateByName: true,
		});
		const app = new App({ logger: quiet });
		app.post(
			{ path: "/", response: Order },
			{ order: Order },
			(all) => all.order,
		);
		await using client = await TestClient.start(app);
		const post = (json: unknown) => client.post("/", { json });
		assert.deepEqual(await read(post({ order_id: 2 })), { orderId: 2 });
		assert.deepEqual(await refused(post({ order_id: "x" })), [
			["int_parsing", "body.order_id", "x"],
		]);
		assert.deepEqual(await refused(post({})), [
			["missing", "body.orderId", {}],
		]);
	});

	test("models of parameters have them, headers without further change", async () => {
		const Model = camel(
			z.object({ order_id: z.int(), tags_of: z.array(z.string()).optional() }),
		);
		const app = new App({ logger: quiet });
		app.get("/query", { model: Query(Model) }, ({ model }) => model);
		app.get("/header", { model: Header(Model) }, ({ model }) => model);
		app.get("/cookie", { model: Cookie(Model) }, ({ model }) => model);
		await using client = await TestClient.start(app);
		const query = { orderId: "1", tagsOf: ["a", "b"] };
		const made = { order_id: 1, tags_of: ["a", "b"] };
		assert.deepEqual(await read(client.get("/query", { query })), made);
		const headers = [
			["OrderId", "1"],
			["tagsOf", "a"],
			["tagsof", "b"],
		] as const;
		assert.deepEqual(await read(client.get("/header", { headers })), made);
		assert.deepEqual(
			(
				await refused(client.get("/header", { headers: { "order-id": "1" } }))
			).map((each) => each.slice(0, 2)),
			[["missing", "header.orderId"]],
		);
		const cookies = { orderId: "1" };
		assert.deepEqual(await read(client.get("/cookie", { cookies })), {
			order_id: 1,
		});
		const parameters = parametersOf(app, "/header");
		assert.deepEqual(
			(parameters as { name: string }[]).map(({ name }) => name),
			["orderId", "tagsOf"],
		);
	});

	test("snake() and a rule of one's own; a single alias goes before the rule", async () => {
		const fields = z.object({
			listPrice: z.int(),
			itemID: z.int(),
			v2Name: z.string(),
		});
		const Snake = snake(fields, { aliases: { itemID: "_id" } });
		const Own = aliased(fields, {
			aliasGenerator: (own) => own.toUpperCase(),
		});
		const app = new App({ logger: quiet });
		const made = { listPrice: 1, itemID: 2, v2Name: "x" };
		app.get({ path: "/snake", response: Snake }, () => made);
		app.get({ path: "/own", response: Own }, () => made);
		await using client = await TestClient.start(app);
		assert.deepEqual(await read(client.get("/snake")), {
			list_price: 1,
			_id: 2,
			v2_name: "x",
		});
		assert.deepEqual(await read(client.get("/own")), {
			LISTPRICE: 1,
			ITEMID: 2,
			V2NAME: "x",
		});
	});

	test("hold in unions, records, sets, schemas that contain themselves, codecs", async () => {
		const Cat = z.object({ pet_kind: z.literal("cat"), lives_left: z.int() });
		const Dog = z.object({ pet_kind: z.literal("dog"), tail_size: z.int() });
		const Pet = z.discriminatedUnion("pet_kind", [Cat, Dog]);
		const Node = z.object({
			node_name: z.string(),
			get child_nodes() {
				return z.array(Node).default([]);
			},
		});
		const days = z.codec(z.string(), z.number(), {
			decode: (text) => text.length,
			encode: (length) => "x".repeat(length),
		});
		const All = camel(
			z.object({
				main_pet: Pet,
				by_name: z.record(z.string(), Cat),
				any_pet: z.union([Cat, z.object({ fish_size: z.int() })]),
				made_at: z.date(),
				tree_root: Node,
				day_count: days,
				pet_pair: z.tuple([Cat, Dog]),
			}),
		);
		const app = new App({ logger: quiet });
		app.post({ path: "/", response: All }, { all: All }, ({ all }) => {
			assert.ok(all.made_at instanceof Date);
			assert.equal(all.day_count, 3);
			return all;
		});
		await using client = await TestClient.start(app);
		const cat = { petKind: "cat", livesLeft: 9 } as const;
		const json = {
			mainPet: cat,
			byName: { tom_cat: cat },
			anyPet: { fishSize: "4" },
			madeAt: "2026-01-02T03:04:05Z",
			treeRoot: {
				nodeName: "a",
				childNodes: [{ nodeName: "b", childNodes: [] }],
			},
			dayCount: "xxx",
			petPair: [cat, { petKind: "dog", tailSize: 1 }],
		};
		assert.deepEqual(await read(client.post("/", { json })), {
			...json,
			anyPet: { fishSize: 4 },
		});
		const wrong = {
			...json,
			mainPet: { petKind: "cat", livesLeft: "many" },
			byName: { tom: { petKind: "cat" } },
			treeRoot: { nodeName: "a", childNodes: [{ nodeName: 1 }] },
		};
		assert.deepEqual(
			(await refused(client.post("/", { json: wrong }))).map(([kind, loc]) => [
				kind,
				loc,
			]),
			[
				["int_parsing", "body.mainPet.cat.livesLeft"],
				["missing", "body.byName.tom.livesLeft"],
				["string_type", "body.treeRoot.childNodes.0.nodeName"],
			],
		);
		const untagged = await client.post("/", {
			json: { ...json, mainPet: { petKind: "cow" } },
		});
		assert.match(await untagged.text(), /"discriminator":"'petKind'"/);
	});

	test("include and exclude name fields by their own names", async () => {
		const Order = camel(z.object(orderFields));
		const app = new App({ logger: quiet });
		const order = { order_id: 1, line_list: [{ unit_price: 2 }] };
		app.get(
			{ path: "/in", response: Order, include: ["order_id"] },
			() => order,
		);
		app.get(
			{ path: "/out", response: Order, exclude: { line_list: ["unit_price"] } },
			() => order,
		);
		app.get({ path: "/unset", response: Order, excludeUnset: true }, () => ({
			order_id: 1,
			line_list: [{ unit_price: 2 }],
		}));
		await using client = await TestClient.start(app);
		assert.deepEqual(await read(client.get("/in")), { orderId: 1 });
		assert.deepEqual(await read(client.get("/out")), {
			orderId: 1,
			noteText: null,
			lineList: [{}],
		});
		assert.deepEqual(await read(client.get("/unset")), {
			orderId: 1,
			lineList: [{ unitPrice: 2 }],
		});
	});

	test("are for any library, and for the items of a page", async () => {
		const Valibot = camel(
			v.object({ unit_price: v.number(), sold_at: v.optional(v.date()) }),
		);
		const Ark = camel(type({ unit_price: "number", "+": "reject" }));
		const Item = camel(z.object({ unit_price: z.int() }));
		const app = new App({ logger: quiet });
		app.post(
			{ path: "/v", response: Valibot },
			{ x: Body(Valibot) },
			(all) => all.x,
		);
		app.post({ path: "/a", response: Ark }, { x: Body(Ark) }, (all) => all.x);
		const items = [{ unit_price: 1 }, { unit_price: 2 }];
		const itemPage = pageOf(Item);
		app.get(
			{ path: "/p", response: itemPage.schema },
			{ params: itemPage.params },
			({ params }) => itemPage.paginate(items, params),
		);
		await using client = await TestClient.start(app);
		for (const path of ["/v", "/a"]) {
			const json = { unitPrice: "3" };
			assert.deepEqual(await read(client.post(path, { json })), {
				unitPrice: 3,
			});
			assert.deepEqual(
				(await refused(client.post(path, { json: { unit_price: 3 } })))
					.map(([kind, loc]) => [kind, loc])
					.slice(0, 1),
				[["missing", "body.unitPrice"]],
			);
		}
		const { items: sent } = (await read(client.get("/p"))) as {
			items: unknown;
		};
		assert.deepEqual(sent, [{ unitPrice: 1 }, { unitPrice: 2 }]);
	});

	test("that clash, or name what is no field, are told when the app is built", async () => {
		const Twice = camel(z.object({ a_b: z.int(), aB: z.int() }));
		const app = new App({ logger: quiet });
		assert.throws(
			() => app.post("/", { twice: Twice }, ({ twice }) => twice),
			/VIV_SCHEMA: the fields "a_b" and "aB" of a schema with aliases are both called "aB"/,
		);
		const sent = new App({ logger: quiet });
		sent.get({ path: "/", response: Twice }, () => ({ a_b: 1, aB: 2 }));
		await assert.rejects(TestClient.start(sent), /VIV_SCHEMA: the fields/);
		const options = { aliases: { b: "c" } } as object;
		const Unknown = aliased(z.object({ a: z.int() }), options);
		assert.throws(
			() => app.post("/", { body: Unknown }, ({ body }) => body),
			/VIV_SCHEMA: aliases names "b", which is no field of the schema; its fields are "a"/,
		);
		assert.throws(
			() => camel(z.object({ a: z.int() }), { aliases: { a: [] } } as object),
			/VIV_OPTION: camel\(\): aliases must be names by field/,
		);
		assert.throws(
			() =>
				camel(z.object({ a: z.int() }), { populate_by_name: true } as object),
			/VIV_OPTION: camel\(\): there is no option "populate_by_name"; write "populateByName"/,
		);
	});
});

describe("a parameter model whose fields have other names", () => {
	const aliases = { userName: "user-name" };
	const fields = { userName: z.string().default("nobody"), age: z.int() };

	async function answers(model: z.ZodObject) {
		const app = new App({ logger: quiet });
		app.get(
			"/query",
			{ given: Query(model, { aliases }) },
			({ given }) => given,
		);
		app.post(
			"/form",
			{ given: Form(model, { aliases }) },
			({ given }) => given,
		);
		app.get(
			"/cookie",
			{ given: Cookie(model, { aliases }) },
			({ given }) => given,
		);
		await using client = await TestClient.start(app);
		const given = { userName: "ada", age: "1" };
		const query = await client.get("/query", { query: given });
		const form = await client.post("/form", { form: given });
		const cookie = await client.get("/cookie", {
			headers: { cookie: "userName=ada; age=1" },
		});
		return Promise.all([query, form, cookie].map(read));
	}

	// Pydantic: the name in code is none of the model's
	test("that forbids further fields forbids their own names", async () => {
		const all = await answers(z.strictObject(fields));
		assert.deepEqual(
			all,
			["query", "body", "cookie"].map((source) => ({
				detail: [
					{
						type: "extra_forbidden",
						loc: [source, "userName"],
						msg: "Extra inputs are not permitted",
						input: "ada",
					},
				],
			})),
		);
	});

	test("that takes further fields, or drops them, does not read their own names", async () => {
		for (const model of [z.object(fields), z.looseObject(fields)]) {
			for (const answer of await answers(model)) {
				assert.deepEqual(answer, { userName: "nobody", age: 1 });
			}
		}
	});
});
