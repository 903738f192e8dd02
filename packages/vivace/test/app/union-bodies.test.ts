import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { App, Body } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers and documents whose members are unknown
type Unknown = any;

async function post(
	app: App,
	json: unknown,
	path = "/items/",
): Promise<Unknown> {
	await using client = await TestClient.start(app);
	return (await client.post(path, { json })).json();
}

function bodySchema(app: App, path = "/items/"): Unknown {
	const { requestBody } = (app.openapi().paths as Unknown)[path].post;
	return requestBody.content["application/json"].schema;
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("a body of one of several models", () => {
	const Item = z.object({ name: z.string().nullish() }).meta({ id: "Item" });
	const OtherItem = z.object({ price: z.int() }).meta({ id: "OtherItem" });

	function unionApp(): App {
		const app = new App();
		app.post(
			"/items/",
			{ item: z.union([OtherItem, Item]) },
			function save_union_body({ item }) {
				return { item };
			},
		);
		return app;
	}

	test("is the first that fits, and is answered as it was sent", async () => {
		const app = unionApp();
		assert.deepEqual(await post(app, { price: 100 }), { item: { price: 100 } });
		assert.deepEqual(await post(app, { name: "Foo" }), {
			item: { name: "Foo" },
		});
	});

	test("is documented as any of them, titled after the parameter", () => {
		assert.deepEqual(bodySchema(unionApp()), {
			anyOf: [ref("OtherItem"), ref("Item")],
			title: "Item",
		});
	});

	test("that is none of them is told what each of them lacks", async () => {
		const { detail } = await post(unionApp(), { name: 5 });
		assert.deepEqual(
			detail.map(({ type, loc }: Unknown) => [type, ...loc]),
			[
				["missing", "body", "OtherItem", "price"],
				["string_type", "body", "Item", "name"],
			],
		);
	});
});

describe("a body of a model or one that extends it", () => {
	const Item = z.object({ name: z.string().nullish() }).meta({ id: "Item" });
	const ExtendedItem = Item.extend({ age: z.int() }).meta({
		id: "ExtendedItem",
	});

	function inheritedApp(): App {
		const app = new App();
		app.post(
			"/items/",
			{ item: z.union([ExtendedItem, Item]) },
			({ item }) => ({ item }),
		);
		return app;
	}

	test("is what it has the fields for", async () => {
		const app = inheritedApp();
		const extended = { name: "Foo", age: 5 };
		assert.deepEqual(await post(app, extended), { item: extended });
		assert.deepEqual(await post(app, { name: "Foo" }), {
			item: { name: "Foo" },
		});
	});

	test("is documented as either, each with all of its fields", () => {
		const app = inheritedApp();
		assert.deepEqual(bodySchema(app).anyOf, [ref("ExtendedItem"), ref("Item")]);
		const schemas = app.openapi().components?.schemas as Unknown;
		assert.deepEqual(Object.keys(schemas.ExtendedItem.properties), [
			"name",
			"age",
		]);
		assert.deepEqual(schemas.ExtendedItem.required, ["age"]);
	});
});

describe("a body whose model is told by a field", () => {
	const FirstItem = z
		.object({ value: z.literal("first"), price: z.int() })
		.meta({ id: "FirstItem" });
	const OtherItem = z
		.object({ value: z.literal("other"), price: z.number() })
		.meta({ id: "OtherItem" });
	const AnyItem = z.discriminatedUnion("value", [FirstItem, OtherItem]);

	function discriminatedApp(): App {
		const app = new App();
		app.post(
			"/items/",
			{ item: AnyItem, q: z.string().describe("Query string") },
			({ item }) => ({ item }),
		);
		return app;
	}

	const sent = (json: unknown) => post(discriminatedApp(), json, "/items/?q=x");

	test("is validated by that model", async () => {
		const first = { value: "first", price: 100 };
		const other = { value: "other", price: 100.5 };
		assert.deepEqual(await sent(first), { item: first });
		assert.deepEqual(await sent(other), { item: other });
	});

	test("is told the problems of that model alone", async () => {
		assert.deepEqual(await sent({ value: "first", price: 100.5 }), {
			detail: [
				{
					type: "int_from_float",
					loc: ["body", "first", "price"],
					msg: "Input should be a valid integer, got a number with a fractional part",
					input: 100.5,
				},
			],
		});
	});

	test("is told which values the field may have", async () => {
		assert.deepEqual(await sent({ value: "third", price: 1 }), {
			detail: [
				{
					type: "union_tag_invalid",
					loc: ["body"],
					msg: "Input tag 'third' found using 'value' does not match any of the expected tags: 'first', 'other'",
					input: { value: "third", price: 1 },
					ctx: {
						discriminator: "'value'",
						tag: "third",
						expected_tags: "'first', 'other'",
					},
				},
			],
		});
	});

	test("is told that the field is missing", async () => {
		assert.deepEqual(await sent({ price: 1 }), {
			detail: [
				{
					type: "union_tag_not_found",
					loc: ["body"],
					msg: "Unable to extract tag using discriminator 'value'",
					input: { price: 1 },
					ctx: { discriminator: "'value'" },
				},
			],
		});
	});

	test("is documented with the field and what its values mean", () => {
		assert.deepEqual(bodySchema(discriminatedApp()), {
			oneOf: [ref("FirstItem"), ref("OtherItem")],
			discriminator: {
				propertyName: "value",
				mapping: {
					first: "#/components/schemas/FirstItem",
					other: "#/components/schemas/OtherItem",
				},
			},
			title: "Item",
		});
	});

	test("looks the same with Body()", async () => {
		const app = new App();
		app.post("/items/", { item: Body(AnyItem) }, ({ item }) => item);
		const first = { value: "first", price: 100 };
		assert.deepEqual(await post(app, first), first);
		assert.deepEqual(bodySchema(app), bodySchema(discriminatedApp()));
	});
});
