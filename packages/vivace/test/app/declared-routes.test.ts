import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, Router, shortUniqueId } from "../../src/index.ts";

function shop(): App {
	const app = new App({ tags: ["all"] });
	const router = new Router({ prefix: "/books", tags: ["books"] });
	router.get(
		{ path: "/{book_id:int}", summary: "One book", deprecated: true },
		function read_book() {},
	);
	app.get({ path: "/", includeInSchema: false }, function home() {});
	app.include(router, { prefix: "/v1" });
	app.route(["GET", "HEAD"], "/files/{file:path}", function read_file() {});
	app.mount("/old", new App(), { name: "old" });
	return app;
}

describe("the list of routes", () => {
	test("has path operations with all that is around them, then mounts", () => {
		assert.deepEqual(
			shop().routes.map(({ kind, path, methods, name, tags }) => [
				kind,
				path,
				methods.join(),
				name,
				tags.join(),
			]),
			[
				["operation", "/", "GET", "home", "all"],
				[
					"operation",
					"/v1/books/{book_id:int}",
					"GET",
					"read_book",
					"all,books",
				],
				["operation", "/files/{file:path}", "GET,HEAD", "read_file", "all"],
				["mount", "/old", "", "old", ""],
			],
		);
	});

	test("says what the document says of each", () => {
		const [home, book, file] = shop().routes;
		assert.equal(home?.includeInSchema, false);
		assert.equal(book?.summary, "One book");
		assert.equal(book?.deprecated, true);
		assert.equal(book?.operationId, "read_book_v1_books__book_id__get");
		assert.equal(file?.operationId, "read_file_files__file__get");
		const app = new App({ generateUniqueId: shortUniqueId });
		app.get({ path: "/a", operationId: "own" }, function a() {});
		app.get("/b", function b() {});
		assert.deepEqual(
			app.routes.map(({ operationId }) => operationId),
			["own", "b"],
		);
	});

	test("grows with what is declared, and can't be changed itself", () => {
		const app = new App();
		assert.equal(app.routes.length, 0);
		app.get("/", () => null);
		const [route] = app.routes as readonly { path: string }[];
		assert.ok(route);
		assert.throws(() => {
			route.path = "/other";
		}, TypeError);
		assert.equal(app.routes[0]?.path, "/");
	});

	test("of a router is its own, with its prefix", () => {
		const router = new Router({ prefix: "/books" });
		router.get("/all", function all() {});
		assert.deepEqual(
			router.routes.map(({ path, name }) => [path, name]),
			[["/books/all", "all"]],
		);
	});
});
