import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import type { OperationIdentity } from "../../src/app/path-operation.ts";
import { App, OutgoingRouter, Router, shortUniqueId } from "../../src/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: the tests look into documents whose members are unknown
type Unknown = any;

const Item = z
	.object({ name: z.string(), price: z.number() })
	.meta({ id: "Item" });
const Message = z.object({ title: z.string() }).meta({ id: "Message" });

const by = (word: string) => ({
	generateUniqueId: ({ name }: OperationIdentity) => `${word}_${name}`,
});
const listing = {
	response: z.array(Item),
	responses: { 404: { schema: z.array(Message) } },
};
const twoItems = { item1: Item, item2: Item };

describe("an id that the app makes", () => {
	test("names the body's component and titles the answers", () => {
		const app = new App(by("foo"));
		app.post(
			{ path: "/", ...listing },
			twoItems,
			function post_root({ item1, item2 }) {
				return [item1, item2];
			},
		);
		const { operationId, summary, requestBody, responses } = (
			app.openapi().paths as Unknown
		)["/"].post;
		assert.equal(operationId, "foo_post_root");
		assert.equal(summary, "Post Root");
		assert.equal(
			requestBody.content["application/json"].schema.$ref,
			"#/components/schemas/Body_foo_post_root",
		);
		const title = (status: number) =>
			responses[status].content["application/json"].schema.title;
		assert.equal(title(200), "Response Foo Post Root");
		assert.equal(title(404), "Response 404 Foo Post Root");
		const { title: bodyTitle } = (app.openapi().components as Unknown).schemas
			.Body_foo_post_root;
		assert.equal(bodyTitle, "Body_foo_post_root");
	});

	test("gives way to the operation's own id, in the name of its body too", () => {
		const app = new App(by("foo"));
		app.post({ path: "/", operationId: "own" }, twoItems, () => null);
		const { operationId, requestBody } = (app.openapi().paths as Unknown)["/"]
			.post;
		assert.equal(operationId, "own");
		assert.equal(
			requestBody.content["application/json"].schema.$ref,
			"#/components/schemas/Body_own",
		);
	});

	test("may be the name alone, with the method where a handler serves several", () => {
		const app = new App({ generateUniqueId: shortUniqueId });
		app.get("/items/{item_id}", function read_item() {});
		app.route(["GET", "HEAD"], "/files", function read_file() {});
		app.post("/nameless", () => null);
		const { paths } = app.openapi() as Unknown;
		assert.equal(paths["/items/{item_id}"].get.operationId, "read_item");
		assert.equal(paths["/files"].get.operationId, "read_file_get");
		assert.equal(paths["/files"].head.operationId, "read_file_head");
		assert.equal(paths["/nameless"].post.operationId, "nameless_post");
	});

	test("is made of name, path, methods and tags", () => {
		const seen: OperationIdentity[] = [];
		const app = new App({
			tags: ["all"],
			generateUniqueId: (operation) => {
				seen.push(operation);
				return "id";
			},
		});
		const router = new Router({ prefix: "/shop" });
		router.get(
			{ path: "/files/{file:path}", tags: ["files"] },
			function read() {},
		);
		app.include(router);
		app.openapi();
		assert.deepEqual(seen, [
			{
				name: "read",
				path: "/shop/files/{file}",
				method: "GET",
				methods: ["GET"],
				tags: ["all", "files"],
			},
		]);
	});

	test("names the bodies of callbacks too, and theirs is their own router's or their own", () => {
		const callbacks = new OutgoingRouter(by("bar"));
		callbacks.post({ path: "/by-router", name: "sent", ...listing }, twoItems);
		callbacks.post(
			{ path: "/by-route", name: "told", ...listing, ...by("baz") },
			twoItems,
		);
		const app = new App(by("foo"));
		app.post({ path: "/", callbacks }, function post_root() {});
		const { callbacks: described, operationId } = (
			app.openapi().paths as Unknown
		)["/"].post;
		assert.equal(operationId, "foo_post_root");
		assert.equal(described.sent["/by-router"].post.operationId, "bar_sent");
		assert.equal(described.told["/by-route"].post.operationId, "baz_told");
		const schemas = Object.keys(app.openapi().components?.schemas ?? {});
		assert.ok(schemas.includes("Body_bar_sent"));
		assert.ok(schemas.includes("Body_baz_told"));
	});

	test("that another operation has is warned of", () => {
		const warnings: string[] = [];
		const logger = {
			info() {},
			error() {},
			warn: (message: string) => void warnings.push(message),
		};
		const app = new App({ generateUniqueId: () => "foo", logger });
		for (const path of ["/", "/second", "/third"]) {
			app.post(path, { item: Item }, ({ item }) => item);
		}
		app.openapi();
		assert.equal(warnings.length, 2);
		assert.match(warnings[0] ?? "", /POST \/second: .*"foo"/);
		assert.match(warnings[1] ?? "", /POST \/third: .*"foo"/);
	});
});
