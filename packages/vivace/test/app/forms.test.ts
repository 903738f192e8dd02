import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, Body, dependency, File, Form, Query, UploadFile } from "vivace";
import { RequestValidationError } from "vivace/exceptions";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const missing = (loc: unknown[], input: unknown = null) => ({
	type: "missing",
	loc,
	msg: "Field required",
	input,
});

/** A request whose body is an urlencoded form, as it is. */
const urlencoded = (body: string) => ({
	body,
	headers: { "content-type": "application/x-www-form-urlencoded" },
});

async function answer(
	app: App,
	options: Parameters<TestClient["post"]>[1],
): Promise<[number, unknown]> {
	await using client = await TestClient.start(app);
	const response = await client.post("/", options);
	return [response.status, await response.json()];
}

describe("an urlencoded form", () => {
	const app = new App();
	app.post(
		"/",
		{
			name: Form(z.string()),
			note: Form(z.string().nullish()),
			count: Form(z.int().default(7)),
			tags: Form(z.array(z.string()).default([])),
			nums: Form(z.array(z.int()).default([])),
		},
		(values) => values,
	);
	const plain = { name: "a", note: null, count: 7, tags: [], nums: [] };

	const rows: readonly (readonly [string, unknown])[] = [
		["name=a", plain],
		["name=a&note=&count=", plain],
		["name=x&count=x&count=3&name=a", { ...plain, count: 3 }],
		["name=a&tags=&tags=b", { ...plain, tags: ["", "b"] }],
		["name=a&nums=1&nums=2", { ...plain, nums: [1, 2] }],
		["name=%zz&note=%", { ...plain, name: "%zz", note: "%" }],
		["name=%FF%FE&note=%C3%A9", { ...plain, name: "\ufffd\ufffd", note: "é" }],
		["name=é", { ...plain, name: "Ã©" }],
		["&&name=a+b%2Bc&", { ...plain, name: "a b+c" }],
		["name=a;note=b", { ...plain, name: "a;note=b" }],
		["name=a\r\n", { ...plain, name: "a\r\n" }],
		["__proto__=1&name=a&=v", plain],
	];
	for (const [body, expected] of rows) {
		test(`${JSON.stringify(body)} is read as FastAPI reads it`, async () => {
			assert.deepEqual(await answer(app, urlencoded(body)), [200, expected]);
		});
	}

	for (const body of ["", "name", "name=", "name=1&name="]) {
		test(`${JSON.stringify(body)} lacks what is required`, async () => {
			const [status, { detail }] = (await answer(app, urlencoded(body))) as [
				number,
				{ detail: unknown },
			];
			assert.deepEqual([status, detail], [422, [missing(["body", "name"])]]);
		});
	}

	test("tells all problems, each at its place", async () => {
		const [status, body] = await answer(
			app,
			urlencoded("count=many&nums=1&nums="),
		);
		const { detail } = body as { detail: { type: string; loc: unknown[] }[] };
		assert.equal(status, 422);
		assert.deepEqual(
			detail.map(({ type, loc }) => [type, ...loc]),
			[
				["missing", "body", "name"],
				["int_parsing", "body", "count"],
				["int_parsing", "body", "nums", 1],
			],
		);
	});

	test("of another media type is empty", async () => {
		for (const type of ["text/plain", "application/json", "garbage"]) {
			const headers = { "content-type": type };
			const [status] = await answer(app, { body: "name=a", headers });
			assert.equal(status, 422, type);
		}
		const headers = {
			"content-type": "Application/X-WWW-Form-URLencoded; charset=latin-1",
		};
		const [status] = await answer(app, { body: "name=a", headers });
		assert.equal(status, 200);
	});
});

describe("a form model", () => {
	const User = z.object({
		user: z.string(),
		age: z.int().default(18),
		tags: z.array(z.string()).default([]),
	});
	const app = new App();
	app.post("/", { user: Form(User) }, ({ user }) => user);

	test("is filled from the whole form, and keeps empty texts", async () => {
		assert.deepEqual(
			await answer(app, urlencoded("user=&age=3&tags=a&tags=&other=1")),
			[200, { user: "", age: 3, tags: ["a", ""] }],
		);
	});

	test("shows what was received where a field is missing", async () => {
		assert.deepEqual(await answer(app, urlencoded("age=3")), [
			422,
			{ detail: [missing(["body", "user"], { age: "3", tags: [] })] },
		]);
	});

	test("may forbid what it does not name", async () => {
		const strict = new App();
		const schema = z.strictObject({ user: z.string() });
		strict.post("/", { user: Form(schema) }, ({ user }) => user);
		const [status, body] = await answer(
			strict,
			urlencoded("user=a&__proto__=1&__proto__=2"),
		);
		assert.equal(status, 422);
		assert.deepEqual(body, {
			detail: [
				{
					type: "extra_forbidden",
					loc: ["body", "__proto__"],
					msg: "Extra inputs are not permitted",
					input: ["1", "2"],
				},
			],
		});
	});

	test("has its fields under other names in the form", async () => {
		const aliased = new App();
		const options = { aliases: { user: "user-name" } };
		aliased.post("/", { user: Form(User, options) }, ({ user }) => user);
		assert.deepEqual(await answer(aliased, urlencoded("user-name=a")), [
			200,
			{ user: "a", age: 18, tags: [] },
		]);
		const [, body] = await answer(aliased, urlencoded("user=a"));
		assert.deepEqual(
			(body as { detail: { loc: unknown }[] }).detail.map(({ loc }) => loc),
			[["body", "user-name"]],
		);
		const document = aliased.openapi() as never as Documented;
		assert.deepEqual(
			Object.keys(document.components.schemas.Body_root_post?.properties ?? {}),
			["user-name", "age", "tags"],
		);
	});

	test("stands in one form with other fields, files and a dependency's", async () => {
		const schema = z.strictObject({ user: z.string() });
		const token = dependency(
			{ csrf: Form(z.string(), { alias: "csrf_token" }) },
			({ csrf }) => csrf,
		);
		const mixed = new App();
		mixed.post(
			"/",
			{ user: Form(schema), picture: UploadFile, token },
			({ user, picture, token }) => [user, picture.filename, token],
		);
		assert.deepEqual(
			await answer(mixed, {
				form: { user: "a", csrf_token: "t" },
				files: { picture: "x" },
			}),
			[200, [{ user: "a" }, "upload", "t"]],
		);
		const { content } = (mixed.openapi() as never as Documented).paths["/"].post
			.requestBody;
		assert.deepEqual(Object.keys(content), ["multipart/form-data"]);
	});

	test("may be one of several", async () => {
		const union = new App();
		const Person = z.object({ name: z.string(), email: z.string() });
		const Company = z.object({ company: z.string() });
		union.post("/", { of: Form(z.union([Person, Company])) }, ({ of }) => of);
		assert.deepEqual(await answer(union, urlencoded("company=x")), [
			200,
			{ company: "x" },
		]);
		const [status] = await answer(union, urlencoded("name=x"));
		assert.equal(status, 422);
	});
});

interface Documented {
	readonly paths: {
		readonly "/": {
			readonly post: {
				readonly requestBody: {
					readonly content: Record<
						string,
						{ schema: unknown; encoding?: unknown }
					>;
				};
			};
		};
	};
	readonly components: {
		readonly schemas: Record<
			string,
			{ readonly properties: Record<string, unknown> }
		>;
	};
}

describe("files of a form", () => {
	test("are bytes, files, lists of either, and optional", async () => {
		const app = new App();
		app.post(
			"/",
			{
				small: File(),
				bytes: File(z.array(z.instanceof(Uint8Array)).nullish()),
				many: z.array(z.file()),
				maybe: File(z.file().nullish()),
			},
			({ small, bytes, many, maybe }) => [
				small.length,
				bytes?.map(({ length }) => length),
				many.map(({ size }) => size),
				maybe,
			],
		);
		const files = {
			small: "123",
			bytes: ["1", "é"],
			many: ["1234", ""],
			maybe: [],
		};
		assert.deepEqual(await answer(app, { files }), [
			200,
			[3, [1, 2], [4, 0], null],
		]);
		assert.deepEqual(await answer(app, { form: { small: "é" }, files: {} }), [
			422,
			{ detail: [missing(["body", "many"])] },
		]);
		assert.deepEqual(
			await answer(app, { form: { small: "é" }, files: { many: "" } }),
			[200, [2, null, [0], null]],
		);
	});

	test("are refused in FastAPI's words where texts came, and texts where files came", async () => {
		const app = new App();
		app.post(
			"/",
			{ file: UploadFile, text: Form(z.string()), number: Form(z.int()) },
			() => "",
		);
		const [status, body] = await answer(app, {
			form: { file: "x" },
			files: { text: "a", number: new globalThis.File(["1"], "n.txt") },
		});
		const { detail } = body as {
			detail: Record<string, Record<string, unknown>>[];
		};
		assert.equal(status, 422);
		assert.deepEqual(detail[0], {
			type: "value_error",
			loc: ["body", "file"],
			msg: "Value error, Expected UploadFile, received: <class 'str'>",
			input: "x",
			ctx: { error: {} },
		});
		assert.deepEqual(
			detail.slice(1).map(({ type, input }) => [type, input?.filename]),
			[
				["string_type", "upload"],
				["int_type", "n.txt"],
			],
		);
	});

	test("are checked by their schema's rules, all at once", async () => {
		const Picture = z.file().min(3).max(5).mime(["image/png", "image/jpeg"]);
		const app = new App();
		app.post("/", { pictures: File(z.array(Picture)) }, () => "");
		const png = (content: string) =>
			new globalThis.File([content], "a.png", { type: "image/png" });
		const [, body] = await answer(app, {
			files: { pictures: [png("1234"), png("123456"), png("1"), "1234"] },
		});
		const { detail } = body as { detail: Record<string, unknown>[] };
		assert.deepEqual(
			detail.map(({ type, loc, msg }) => [type, loc, msg]),
			[
				[
					"bytes_too_long",
					["body", "pictures", 1],
					"Data should have at most 5 bytes",
				],
				[
					"bytes_too_short",
					["body", "pictures", 2],
					"Data should have at least 3 bytes",
				],
				[
					"literal_error",
					["body", "pictures", 3],
					"Input should be 'image/png' or 'image/jpeg'",
				],
			],
		);
		const document = app.openapi() as never as Documented;
		assert.deepEqual(document.paths["/"].post.requestBody.content, {
			"multipart/form-data": {
				schema: { $ref: "#/components/schemas/Body_root_post" },
				encoding: { pictures: { contentType: "image/png, image/jpeg" } },
			},
		});
		assert.deepEqual(
			document.components.schemas.Body_root_post?.properties.pictures,
			{
				type: "array",
				items: {
					type: "string",
					contentMediaType: "application/octet-stream",
					minLength: 3,
					maxLength: 5,
				},
				title: "Pictures",
			},
		);
	});

	test("are what their content shows, on demand", async () => {
		const app = new App();
		const picture = z.file().mime("image/png");
		app.post(
			"/",
			{ picture: File(picture, { detectType: true }) },
			({ picture }) => [picture.type, picture.contentType],
		);
		const png = "\x89PNG\r\n\x1a\n";
		const bytes = Uint8Array.from(png, (letter) => letter.charCodeAt(0));
		const sent = (content: Uint8Array<ArrayBuffer> | string, type: string) => ({
			files: { picture: new globalThis.File([content], "a", { type }) },
		});
		assert.deepEqual(await answer(app, sent(bytes, "image/gif")), [
			200,
			["image/png", "image/gif"],
		]);
		const [status] = await answer(app, sent("<html>", "image/png"));
		assert.equal(status, 422);
	});

	test("go with Valibot's schemas as with Zod's", async () => {
		const v = await import("valibot");
		const app = new App();
		const picture = v.pipe(
			v.file(),
			v.mimeType(["image/png", "image/gif"]),
			v.maxSize(2),
		);
		app.post(
			"/",
			{ picture: File(picture), bytes: File(v.instance(Uint8Array)) },
			({ picture, bytes }) => [picture.filename, bytes.length],
		);
		const image = new globalThis.File(["1"], "a.gif", { type: "image/gif" });
		assert.deepEqual(
			await answer(app, { files: { picture: image, bytes: "12" } }),
			[200, ["a.gif", 2]],
		);
		const [, body] = await answer(app, {
			files: { picture: "12", bytes: "12" },
		});
		const { detail } = body as { detail: Record<string, unknown>[] };
		assert.deepEqual(
			detail.map(({ type, loc }) => [type, loc]),
			[["literal_error", ["body", "picture"]]],
		);
		const { content } = (app.openapi() as never as Documented).paths["/"].post
			.requestBody;
		assert.deepEqual(content["multipart/form-data"]?.encoding, {
			picture: { contentType: "image/png, image/gif" },
		});
	});
});

test("an error handler can show the form that was received", async () => {
	const app = new App();
	app.exceptionHandler(RequestValidationError, (_, error) =>
		Response.json({ body: (error as RequestValidationError).body }),
	);
	app.post("/", { n: Form(z.int()) }, () => "");
	assert.deepEqual(await answer(app, urlencoded("n=a&b=1&b=2")), [
		200,
		{ body: { n: "a", b: ["1", "2"] } },
	]);
});

describe("declarations that can't work are setup errors:", () => {
	const wrong: readonly (readonly [string, object, RegExp])[] = [
		[
			"a JSON body beside a form",
			{ item: Body(z.object({})), name: Form(z.string()) },
			/"name" is read from a form, so that "item" can't be read from a JSON body; declare it with Form\(\)/,
		],
		[
			"a bare object beside a file",
			{ item: z.object({ a: z.string() }), file: UploadFile },
			/"item" can't be read from a JSON body/,
		],
		[
			"a file in a query",
			{ file: Query(z.file()) },
			/"file" asks for a file, but is read from the query; declare it with File\(\)/,
		],
		[
			"a file within a JSON body",
			{ item: z.object({ file: z.file() }) },
			/"item" asks for a file, but is read from a JSON body; declare it with File\(\), or the whole object with Form\(\)/,
		],
		[
			"a text for a file",
			{ file: File(z.string()) },
			/File\(\) of "file" has a schema that takes no file/,
		],
	];
	for (const [what, params, message] of wrong) {
		test(what, () => {
			const app = new App();
			assert.throws(() => app.post("/", params as never, () => ""), {
				code: "VIV_PARAMETER",
				message,
			});
		});
	}

	test("options that there are not", () => {
		assert.throws(() => File(undefined, { embed: true } as never), {
			code: "VIV_OPTION",
		});
		assert.throws(() => Form(z.string(), { detectType: 1 } as never), {
			code: "VIV_OPTION",
		});
	});
});
