import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { App, dependency, File, Form, Router, UploadFile } from "vivace";
import { TestClient, type TestRequest } from "vivace/testing";
import { z } from "zod";
import * as mini from "zod/mini";

async function answer(
	app: App,
	options: TestRequest,
): Promise<[number, unknown]> {
	await using client = await TestClient.start(app);
	const response = await client.post("/", options);
	return [response.status, await response.json()];
}

function appWith(value: ReturnType<typeof Form> | ReturnType<typeof File>) {
	const app = new App();
	app.post("/", { value: value as never }, ({ value }: { value: unknown }) =>
		shown(value),
	);
	return app;
}

/** A readable form of values that have none in JSON. */
function shown(value: unknown): unknown {
	if (value instanceof Uint8Array) {
		return Buffer.from(value).toString();
	}
	if (value instanceof UploadFile) {
		return { filename: value.filename, size: value.size };
	}
	if (value instanceof Set) {
		return [...value].map(shown);
	}
	return Array.isArray(value) ? value.map(shown) : (value ?? null);
}

const texts = { form: { value: ["first", "second", "first"] } };
const files = { files: { value: ["first", "second"] } };
const names = (...sizes: number[]) =>
	sizes.map((size) => ({ filename: "upload", size }));

describe("a form field is", () => {
	const rows: readonly (readonly [
		string,
		ReturnType<typeof Form> | ReturnType<typeof File>,
		TestRequest,
		unknown,
	])[] = [
		["a list", Form(z.array(z.string())), texts, ["first", "second", "first"]],
		["a set", Form(z.set(z.string())), texts, ["first", "second"]],
		[
			"a tuple",
			Form(z.tuple([z.string(), z.string(), z.string()])),
			texts,
			["first", "second", "first"],
		],
		[
			"a choice",
			Form(z.enum(["a", "b"])),
			{ form: { value: ["x", "a"] } },
			"a",
		],
		["a boolean", Form(z.boolean()), { form: { value: "on" } }, true],
		[
			"a mapping of all fields",
			Form(z.record(z.string(), z.any())),
			{ form: { a: "1", b: ["2", "3"] } },
			{ a: "1", b: ["2", "3"] },
		],
		[
			"a model that takes more",
			Form(z.looseObject({ value: z.string() })),
			{ form: { value: "1", more: ["2", "3"] } },
			{ value: "1", more: ["2", "3"] },
		],
		[
			"by an alias",
			Form(z.string(), { alias: "the-value" }),
			{ form: { value: "1", "the-value": "2" } },
			"2",
		],
		[
			"of multipart too",
			Form(z.int().nullish()),
			{ form: { value: "" }, files: {} },
			null,
		],
		[
			"a file by an alias",
			File(z.array(z.file()), { alias: "the-value" }),
			{ files: { value: "1", "the-value": "22" } },
			names(2),
		],
		["a set of files", File(z.set(z.file())), files, names(5, 6)],
		[
			"an optional list of bytes",
			File(z.array(z.instanceof(Uint8Array)).nullish()),
			files,
			["first", "second"],
		],
		[
			"an optional list that is not there",
			File(z.array(z.instanceof(Uint8Array)).nullish()),
			{},
			null,
		],
		["bytes of an urlencoded form", File(), { form: { value: "é" } }, "é"],
		["a file of Zod mini", File(mini.file()), files, names(6)[0]],
		[
			"bytes of Zod mini",
			File(mini.array(mini.instanceof(Uint8Array))),
			files,
			["first", "second"],
		],
		["a file of Valibot", File(v.array(v.file())), files, names(5, 6)],
		["a file of ArkType", File(type("File")), files, names(6)[0]],
		["bytes of ArkType", File(type.instanceOf(Uint8Array)), files, "second"],
	];
	for (const [what, declared, sent, expected] of rows) {
		test(what, async () => {
			assert.deepEqual(await answer(appWith(declared), sent), [200, expected]);
		});
	}
});

test("forms and files stand in dependencies and included routers, and are read once", async () => {
	const signed = dependency(
		{ signature: File(), by: Form(z.string()) },
		({ signature, by }) => `${by}: ${signature.length}`,
	);
	const router = new Router({ dependencies: [signed] });
	router.post(
		"/",
		{ signed, signature: UploadFile },
		({ signed, signature }) => [signed, signature.filename],
	);
	const app = new App();
	app.include(router);
	assert.deepEqual(
		await answer(app, { form: { by: "Ada" }, files: { signature: "123" } }),
		[200, ["Ada: 3", "upload"]],
	);
	const [status, body] = await answer(app, {});
	const { detail } = body as { detail: { loc: unknown }[] };
	assert.equal(status, 422);
	assert.deepEqual(
		detail.map(({ loc }) => loc),
		[
			["body", "signature"],
			["body", "by"],
			["body", "signature"],
		],
	);
});

test("the rules of routers and routes bound a form, the innermost first", async () => {
	const router = new Router({ limits: { fields: 2 } });
	router.post("/router", { a: Form(z.string()) }, () => "");
	router.post(
		{ path: "/route", limits: { fields: 3 } },
		{ a: Form(z.string()) },
		() => "",
	);
	const app = new App({ limits: { fields: 1, fieldBytes: 5 } });
	app.post("/app", { a: Form(z.string()) }, () => "");
	app.include(router);
	await using client = await TestClient.start(app);
	const ask = async (path: string, count: number) => {
		const form = { a: Array.from({ length: count }, () => "1") };
		return (await client.post(path, { form })).status;
	};
	assert.deepEqual(
		await Promise.all([
			ask("/app", 1),
			ask("/app", 2),
			ask("/router", 2),
			ask("/router", 3),
			ask("/route", 3),
			ask("/route", 4),
		]),
		[200, 400, 200, 400, 200, 400],
	);
	const tooLong = await client.post("/app", { form: { a: "12345" } });
	assert.deepEqual(await tooLong.json(), {
		detail: "Field exceeded maximum size of 5 bytes.",
	});
});

test("two models of one name are read from one form, and documented", async () => {
	const Login = z.strictObject({ user: z.string() });
	const Token = z.strictObject({ token: z.string() });
	const token = dependency({ form: Form(Token) }, ({ form }) => form.token);
	const app = new App();
	app.post("/", { form: Form(Login), token }, ({ form, token }) => [
		form.user,
		token,
	]);
	assert.deepEqual(await answer(app, { form: { user: "a", token: "t" } }), [
		200,
		["a", "t"],
	]);
	const [status] = await answer(app, {
		form: { user: "a", token: "t", more: "" },
	});
	assert.equal(status, 422);
	const { schemas } = app.openapi().components as {
		schemas: Record<string, { properties: object; required: unknown }>;
	};
	const { properties, required } = schemas.Body_root_post ?? {};
	assert.deepEqual(Object.keys(properties ?? {}), ["user", "token"]);
	assert.deepEqual(required, ["user", "token"]);
});

describe("an urlencoded form of the default limits", () => {
	const mebibyte = 1024 * 1024;
	const rows: readonly (readonly [string, string, number, unknown])[] = [
		["has 1,000 fields", "a=1&".repeat(1000), 200, 1],
		[
			"has no 1,001",
			"a=1&".repeat(1001),
			400,
			{ detail: "Too many fields. Maximum number of fields is 1000." },
		],
		[
			"has a field of 1 MiB",
			`a=${"x".repeat(mebibyte - 1)}`,
			200,
			mebibyte - 1,
		],
		[
			"has none of more",
			`a=${"x".repeat(mebibyte)}`,
			400,
			{ detail: "Field exceeded maximum size of 1024KB." },
		],
		[
			"has no more than 1 MiB in all",
			`a=${"x".repeat(mebibyte - 2)}&b=123`,
			413,
			{ detail: "Request body too large" },
		],
		[
			"is no flood of separators",
			"&".repeat(mebibyte + 1),
			413,
			{ detail: "Request body too large" },
		],
	];
	for (const [what, body, status, expected] of rows) {
		test(what, async () => {
			const app = new App();
			app.post("/", { a: Form(z.string()) }, ({ a }) => a.length);
			const headers = { "content-type": "application/x-www-form-urlencoded" };
			assert.deepEqual(await answer(app, { body, headers }), [
				status,
				expected,
			]);
		});
	}
});
