import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SetupError } from "../../src/errors/setup-error.ts";
import {
	type PathPlaceholders,
	type PlaceholderName,
	parsePathTemplate,
} from "../../src/routing/path-template.ts";
import { urlPathFor } from "../../src/routing/url-path.ts";

describe("parsePathTemplate", () => {
	const templates: [text: string, openapi: string, names: string[]][] = [
		["/", "/", []],
		["/items/", "/items/", []],
		["/items/{item_id}", "/items/{item_id}", ["item_id"]],
		["/files/{file_path:path}", "/files/{file_path}", ["file_path"]],
		[
			"/{a:int}/{b:float}/{c:uuid}/{d:str}",
			"/{a}/{b}/{c}/{d}",
			["a", "b", "c", "d"],
		],
		["/a-{x}-{y}.json", "/a-{x}-{y}.json", ["x", "y"]],
	];
	for (const [text, openapi, names] of templates) {
		it(`takes ${text} apart`, () => {
			const template = parsePathTemplate(text);
			assert.equal(template.text, text);
			assert.equal(template.openapi, openapi);
			assert.deepEqual(template.names, names);
		});
	}

	it("keeps literals and parameters in turn", () => {
		const { literals, parameters } = parsePathTemplate("/a-{x}-{y:int}.json");
		assert.deepEqual(literals, ["/a-", "-", ".json"]);
		assert.deepEqual(parameters, [
			{ name: "x", converter: "str" },
			{ name: "y", converter: "int" },
		]);
	});

	const mistakes: [text: string, problem: RegExp][] = [
		["items", /"items" must start with "\/"; write "\/items"/],
		["", /is empty; write "\/", or include its router with a prefix/],
		["/{id", /has a "\{" without "\}"/],
		["/id}", /has a "\}" without "\{"/],
		["/{a}}", /has a "\}" without "\{"/],
		["/{a{b}}", /parameter "\{a\{b\}"/],
		["/{}", /parameter "\{\}"; a name is made of/],
		["/{item-id}", /parameter "\{item-id\}"/],
		["/{ id }", /parameter "\{ id \}"/],
		["/{id:number}", /unknown converter "number" .* use one of str, path, int/],
		["/{id:toString}", /unknown converter "toString"/],
		["/{id:}", /unknown converter ""/],
		["/{id}/x/{id}", /parameter "id" twice/],
		["/items?q={q}", /holds more than a path/],
	];
	for (const [text, problem] of mistakes) {
		it(`refuses ${JSON.stringify(text)}`, () => {
			assert.throws(
				() => parsePathTemplate(text),
				(error) =>
					error instanceof SetupError &&
					error.code === "VIV_PATH" &&
					problem.test(error.message),
			);
		});
	}
});

describe("urlPathFor", () => {
	const paths: [
		template: string,
		values: Record<string, unknown>,
		path: string,
	][] = [
		["/items", {}, "/items"],
		["/items/{item_id}", { item_id: 5 }, "/items/5"],
		["/users/{name}", { name: "a b?#%" }, "/users/a%20b%3F%23%25"],
		["/users/{name}", { name: "ünï:@+" }, "/users/%C3%BCn%C3%AF:@+"],
		["/files/{path:path}", { path: "a/b c.txt" }, "/files/a/b%20c.txt"],
		["/files/{path:path}", { path: "" }, "/files/"],
		["/a-{x}-{y:int}.json", { x: "b", y: 7 }, "/a-b-7.json"],
		["/ü/{x:float}", { x: 1.5 }, "/%C3%BC/1.5"],
	];
	for (const [template, values, path] of paths) {
		it(`gives ${path} for ${template}`, () => {
			assert.equal(urlPathFor(parsePathTemplate(template), values), path);
		});
	}

	const mistakes: [
		template: string,
		values: Record<string, unknown>,
		problem: RegExp,
	][] = [
		["/items/{item_id}", {}, /needs a value for "item_id"/],
		["/items", { page: 1 }, /has no parameter "page"/],
		["/users/{name}", { name: "a/b" }, /can't take "a\/b" for "name"/],
		["/users/{name}", { name: "" }, /can't take "" for "name"/],
		["/items/{id:int}", { id: -1 }, /can't take "-1" for "id"; .* \(int\)/],
		["/items/{id}", { id: {} }, /can't take object for "id"/],
		["/r/{a}-{b}", { a: "x", b: "y-z" }, /"\/r\/x-y-z", which does not lead/],
		["/users/{name}", { name: ".." }, /does not lead back/],
		["/files/{p:path}", { p: "a/./b" }, /does not lead back/],
		["/{p:path}", { p: "/example.org" }, /does not lead back/],
	];
	for (const [template, values, problem] of mistakes) {
		it(`refuses ${JSON.stringify(values)} for ${template}`, () => {
			assert.throws(
				() => urlPathFor(parsePathTemplate(template), values),
				problem,
			);
		});
	}
});

describe("PathPlaceholders", () => {
	it("are the parameters of a template, from which their names are read", () => {
		type Names<Template extends string> = PlaceholderName<
			PathPlaceholders<Template>
		>;
		type Same<A, B> =
			(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
				? true
				: false;
		const checks: [
			Same<Names<"/items">, never>,
			Same<Names<"/items/{item_id}">, "item_id">,
			Same<Names<"/{a:int}/x-{b}.{c:path}">, "a" | "b" | "c">,
			Same<Names<string>, string>,
		] = [true, true, true, true];
		assert.ok(checks.every(Boolean));
	});
});
