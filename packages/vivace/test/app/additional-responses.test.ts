import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	HTTPException,
	HTTPExceptionBody,
	JSONResponse,
	OutgoingRouter,
	Router,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

// biome-ignore lint/suspicious/noExplicitAny: the tests look into documents whose members are unknown
type Unknown = any;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: unknown) => ({ "application/json": { schema } });
const success = { description: "Successful Response", content: json({}) };

function responsesOf(app: App, path: string): Unknown {
	return (app.openapi().paths as Unknown)[path].get.responses;
}

const Failure = z
	.object({ status: z.string(), title: z.string() })
	.meta({ id: "Failure" });
const Failures = z
	.object({ errors: z.array(Failure) })
	.meta({ id: "Failures" });

class JsonApiResponse extends JSONResponse {
	static override readonly mediaType = "application/vnd.api+json";
}

describe("additional responses", () => {
	test("come by status, by range in any case, and as the default", () => {
		const app = new App();
		app.get(
			{
				path: "/",
				responses: {
					501: { description: "Error 1" },
					"4XX": { description: "Range, upper" },
					"5xx": { description: "Range, lower" },
					default: { description: "A default response" },
				},
			},
			() => "a",
		);
		assert.deepEqual(responsesOf(app, "/"), {
			"200": success,
			"501": { description: "Error 1" },
			"4XX": { description: "Range, upper" },
			"5XX": { description: "Range, lower" },
			default: { description: "A default response" },
		});
	});

	test("may be what an HTTPException is answered with, by a schema that is ready", async () => {
		const app = new App({ responses: { 404: { schema: HTTPExceptionBody } } });
		app.get("/", () => {
			throw new HTTPException(404, "Nothing here");
		});
		assert.deepEqual(responsesOf(app, "/")[404], {
			description: "Not Found",
			content: json(ref("HTTPException")),
		});
		assert.deepEqual((app.openapi() as Unknown).components.schemas, {
			HTTPException: {
				title: "HTTPException",
				type: "object",
				properties: { detail: { type: "string", title: "Detail" } },
				required: ["detail"],
			},
		});
		await using client = await TestClient.start(app);
		const body = await (await client.get("/")).json();
		const result = await HTTPExceptionBody["~standard"].validate(body);
		assert.deepEqual(result, { value: { detail: "Nothing here" } });
	});

	test("are described by their status where nothing else is said", () => {
		const Message = z.object({ text: z.string() }).meta({ id: "Message" });
		const app = new App();
		app.get(
			{
				path: "/",
				responses: {
					404: { schema: Message },
					"5XX": { schema: Message },
					default: { schema: Message },
				},
			},
			() => "a",
		);
		const { 200: _success, ...others } = responsesOf(app, "/");
		const content = json(ref("Message"));
		assert.deepEqual(others, {
			"404": { description: "Not Found", content },
			"5XX": { description: "Server Error", content },
			default: { description: "Default Response", content },
		});
	});

	test("have the media type of the response class, which is also sent", async () => {
		const app = new App();
		app.get(
			{
				path: "/a",
				responseClass: JsonApiResponse,
				responses: { 500: { description: "Error", schema: Failures } },
			},
			() => ({ data: [] }),
		);
		app.get(
			{
				path: "/b",
				responses: { 500: { description: "Error", schema: Failure } },
			},
			() => null,
		);
		app.get(
			{
				path: "/none",
				status: 204,
				responseClass: JsonApiResponse,
				responses: { 500: { description: "Error", schema: Failures } },
			},
			() => null,
		);
		const type = "application/vnd.api+json";
		assert.deepEqual(
			responsesOf(app, "/none")[500],
			responsesOf(app, "/a")[500],
		);
		assert.deepEqual(responsesOf(app, "/a"), {
			"200": {
				description: "Successful Response",
				content: { [type]: { schema: {} } },
			},
			"500": {
				description: "Error",
				content: { [type]: { schema: ref("Failures") } },
			},
		});
		assert.deepEqual(responsesOf(app, "/b"), {
			"200": success,
			"500": { description: "Error", content: json(ref("Failure")) },
		});
		await using client = await TestClient.start(app);
		const response = await client.get("/a");
		assert.equal(response.headers.get("content-type"), type);
	});

	test("take the place of the 422, and then its models are not documented", () => {
		const app = new App();
		app.get(
			{
				path: "/a/{id}",
				responseClass: JsonApiResponse,
				responses: { 422: { description: "Error", schema: Failures } },
			},
			({ id }) => id,
		);
		assert.deepEqual(responsesOf(app, "/a/{id}")["422"], {
			description: "Error",
			content: { "application/vnd.api+json": { schema: ref("Failures") } },
		});
		const schemas = app.openapi().components?.schemas ?? {};
		assert.deepEqual(Object.keys(schemas), ["Failure", "Failures"]);
	});

	test("are joined by a 422 where only the path can be wrong", () => {
		const app = new App();
		app.get("/a/{id}", ({ id }) => id);
		assert.deepEqual(responsesOf(app, "/a/{id}")["422"], {
			description: "Validation Error",
			content: json(ref("HTTPValidationError")),
		});
	});

	test("of an app keep their union as it is, in every path operation", () => {
		const ModelA = z.object({ a: z.string() }).meta({ id: "ModelA" });
		const ModelB = z.object({ b: z.string() }).meta({ id: "ModelB" });
		const examples = { "Case A": { value: "a" } };
		const app = new App({
			responses: {
				500: {
					schema: z.union([ModelA, ModelB]),
					content: { "application/json": { examples } },
				},
			},
		});
		app.get("/route1", function route1() {});
		app.get("/route2", function route2() {});
		for (const [path, title] of [
			["/route1", "Response 500 Route1 Route1 Get"],
			["/route2", "Response 500 Route2 Route2 Get"],
		] as const) {
			assert.deepEqual(responsesOf(app, path)["500"], {
				description: "Internal Server Error",
				content: {
					"application/json": {
						schema: { anyOf: [ref("ModelA"), ref("ModelB")], title },
						examples,
					},
				},
			});
		}
	});

	test("of callbacks bring their models too", () => {
		const CustomModel = z.object({ a: z.int() }).meta({ id: "CustomModel" });
		const callbacks = new OutgoingRouter();
		callbacks.get({
			path: "{$callback_url}/callback/",
			name: "callback_route",
			responses: { 400: { schema: CustomModel } },
		});
		const app = new App();
		app.get({ path: "/", callbacks }, { callback_url: z.url() }, () => null);
		const described = (app.openapi().paths as Unknown)["/"].get;
		const { get } =
			described.callbacks.callback_route["{$callback_url}/callback/"];
		assert.deepEqual(get.responses, {
			"200": success,
			"400": { description: "Bad Request", content: json(ref("CustomModel")) },
		});
		assert.ok(app.openapi().components?.schemas?.CustomModel);
	});

	test("are none where routers within routers say nothing", async () => {
		const inner = new Router();
		inner.get("/", () => ({ id: "foo" }));
		const router = new Router();
		router.include(inner, { prefix: "/items" });
		const app = new App();
		app.include(router);
		assert.deepEqual(responsesOf(app, "/items/"), { "200": success });
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/items/")).json(), { id: "foo" });
	});

	for (const status of ["hello", "99", "600", "6XX", "20"]) {
		test(`are refused for "${status}", which is no status`, () => {
			const responses = { [status]: { description: "What?" } };
			assert.throws(() => new App().get({ path: "/a", responses }, () => 1), {
				code: "VIV_RESPONSE",
				message: new RegExp(`GET /a: responses\\b.*"${status}"`),
			});
		});
	}
});
