import assert from "node:assert/strict";
import { test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { App, Body, Query } from "../../src/index.ts";
import { aliased, customError } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

const isEven = (size: number) => size % 2 === 0;
const odd = (size: number) =>
	customError("odd_size", "{size} is odd, take {next} or {none}", {
		size,
		next: size + 1,
		...({} as { none: number }),
	});

async function details(response: Promise<Response>) {
	const { detail } = (await (await response).json()) as { detail: object[] };
	return detail;
}

const made = {
	type: "odd_size",
	msg: "3 is odd, take 4 or {none}",
	ctx: { size: 3, next: 4 },
};

test("customError() gives type, message and parameters of one's own, as PydanticCustomError", async () => {
	const Size = z.int().superRefine((size, ctx) => {
		if (!isEven(size)) {
			ctx.addIssue({ code: "custom", ...odd(size) });
		}
	});
	const Code = z
		.string()
		.refine(
			(code) => code.startsWith("a"),
			customError("wrong_code", "No code"),
		);
	const refuse = () => false;
	const Key = z
		.string()
		.refine(refuse, customError("wrong_key", "No key", { is: "xyz" }))
		.meta({ format: "password" });
	const Pin = z
		.string()
		.refine(refuse, customError("wrong_pin", "No {pin}", { pin: "123" }))
		.meta({ format: "password" });
	const app = new App({ logger: quiet });
	app.get(
		"/",
		{ size: Size, code: Code, key: Key, pin: Pin },
		(values) => values,
	);
	const Model = aliased(z.object({ sizes: z.array(Size) }), {
		aliases: { sizes: "s" },
	});
	app.post("/", { model: Model }, ({ model }) => model);
	await using client = await TestClient.start(app);
	const query = { size: "3", code: "b", key: "xyz", pin: "123" };
	assert.deepEqual(await details(client.get("/", { query })), [
		{ ...made, loc: ["query", "size"], input: "3" },
		{
			type: "wrong_code",
			msg: "No code",
			loc: ["query", "code"],
			input: "b",
		},
		{ type: "wrong_key", msg: "No key", loc: ["query", "key"] },
		{
			type: "value_error",
			msg: "Value error, Invalid input",
			loc: ["query", "pin"],
			ctx: { error: {} },
		},
	]);
	const json = { s: [2, 3] };
	assert.deepEqual(await details(client.post("/", { json })), [
		{ ...made, loc: ["body", "s", 1], input: 3 },
	]);
});

test("customError() may be used again, and stands beside other checks", async () => {
	const error = customError("not_bar", "not bar");
	const isBar = (text: string) => text === "bar";
	const Word = z.string().refine(isBar, error).refine(isBar, "plain");
	const app = new App({ logger: quiet });
	app.get(
		"/",
		{ one: Word, two: z.string().refine(isBar, error) },
		(all) => all,
	);
	await using client = await TestClient.start(app);
	const found = await details(client.get("/", { query: { one: "", two: "" } }));
	assert.deepEqual(
		found.map((each) => [
			(each as { type: string }).type,
			(each as { msg: string }).msg,
		]),
		[
			["not_bar", "not bar"],
			["value_error", "Value error, plain"],
			["not_bar", "not bar"],
		],
	);
});

test("customError() does for Valibot and ArkType too", async () => {
	const Valibot = v.pipe(
		v.number(),
		v.check(isEven, customError("odd_size", "odd", { by: 1 })),
	);
	const Raw = v.pipe(
		v.number(),
		v.rawCheck(({ dataset, addIssue }) => {
			if (dataset.typed && !isEven(dataset.value)) {
				addIssue({ message: odd(dataset.value) });
			}
		}),
	);
	const Ark = type("number").narrow(
		(size, ctx) =>
			isEven(size) || ctx.reject({ expected: "even", ...odd(size) }),
	);
	const app = new App({ logger: quiet });
	app.post("/v", { x: Body(Valibot) }, ({ x }) => x);
	app.post("/r", { x: Body(Raw) }, ({ x }) => x);
	app.post("/a", { x: Body(Ark) }, ({ x }) => x);
	app.get("/q", { x: Query(Ark) }, ({ x }) => x);
	await using client = await TestClient.start(app);
	assert.deepEqual(await details(client.post("/v", { json: 3 })), [
		{ type: "odd_size", loc: ["body"], msg: "odd", input: 3, ctx: { by: 1 } },
	]);
	for (const path of ["/r", "/a"]) {
		assert.deepEqual(await details(client.post(path, { json: 3 })), [
			{ ...made, loc: ["body"], input: 3 },
		]);
	}
	assert.deepEqual(await details(client.get("/q?x=3")), [
		{ ...made, loc: ["query", "x"], input: "3" },
	]);
});
