import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePathTemplate } from "../../src/routing/path-template.ts";
import { type Found, RouteTable } from "../../src/routing/route-table.ts";
import { rounds } from "../support/rounds.ts";

type Declaration = readonly [methods: string, template: string];

/** The value of each route is its template, so that a test can say which one won. */
function tableOf(declarations: readonly Declaration[]): RouteTable<string> {
	const table = new RouteTable<string>();
	for (const [methods, template] of declarations) {
		table.add(
			methods === "*" ? undefined : methods.split(" "),
			parsePathTemplate(template),
			template,
		);
	}
	return table;
}

function found(value: string, ...texts: string[]): Found<string> {
	return { kind: "found", value, texts };
}

describe("RouteTable", () => {
	const routes: Declaration[] = [
		["GET", "/"],
		["GET", "/users/me"],
		["GET", "/users/{user_id}"],
		["GET", "/users/you"],
		["PUT", "/users/you"],
		["GET", "/files/{file_path:path}"],
		["GET", "/sub/{a}/{b}"],
		["GET", "/sub/{a}/fixed"],
		["GET", "/numbers/{n:int}"],
		["GET", "/numbers/{n:float}"],
		["GET", "/ids/{id:uuid}"],
		["GET", "/a-{x}-{y}.json"],
		["GET", "/slashed/"],
		["GET", "/ünïcode"],
		["GET", "/deep/{p:path}/meta"],
		["*", "/any/{x}"],
	];
	const uuid = "6a3a1ee7-8d4b-4d4a-9f58-0f3a5a3f2a10";
	const answers: [path: string, answer: Found<string>][] = [
		["/", found("/")],
		["/users/me", found("/users/me")],
		["/users/7", found("/users/{user_id}", "7")],
		["/users/you", found("/users/{user_id}", "you")],
		["/users/%6De", found("/users/me")],
		["/users/a%20b", found("/users/{user_id}", "a b")],
		["/users/a+b", found("/users/{user_id}", "a+b")],
		["/users/%C3%BC", found("/users/{user_id}", "ü")],
		["/users/%FF&%zz", found("/users/{user_id}", "\uFFFD&%zz")],
		["/users/😀%FF", found("/users/{user_id}", "😀\uFFFD")],
		["/users/%E2%82", found("/users/{user_id}", "\uFFFD")],
		["/users/7.", found("/users/{user_id}", "7.")],
		["/users/..", found("/users/{user_id}", "..")],
		["/users/a%2Fb", { kind: "none" }],
		["/users//", { kind: "none" }],
		["//users/7", { kind: "none" }],
		["/Users/me", { kind: "none" }],
		["users/me", { kind: "none" }],
		["*", { kind: "none" }],
		["/files/", found("/files/{file_path:path}", "")],
		["/files/a/b.txt", found("/files/{file_path:path}", "a/b.txt")],
		["/files//a", found("/files/{file_path:path}", "/a")],
		["/files/a%2Fb%20c", found("/files/{file_path:path}", "a/b c")],
		["/files/a%0Ab", { kind: "none" }],
		["/sub/x/fixed", found("/sub/{a}/{b}", "x", "fixed")],
		["/sub//fixed", { kind: "none" }],
		["/numbers/12", found("/numbers/{n:int}", "12")],
		["/numbers/1.5", found("/numbers/{n:float}", "1.5")],
		["/numbers/-1", { kind: "none" }],
		["/numbers/x", { kind: "none" }],
		[`/ids/${uuid}`, found("/ids/{id:uuid}", uuid)],
		["/a-b-c-d.json", found("/a-{x}-{y}.json", "b-c", "d")],
		["/a-b.json", { kind: "none" }],
		["/%C3%BCn%C3%AFcode", found("/ünïcode")],
		["/deep/a/b/meta", found("/deep/{p:path}/meta", "a/b")],
		["/any/1", found("/any/{x}", "1")],
		["/users/me/", { kind: "redirect", path: "/users/me" }],
		["/users/a%20b///", { kind: "redirect", path: "/users/a%20b" }],
		["/users/me%2f", { kind: "redirect", path: "/users/me" }],
		["/slashed", { kind: "redirect", path: "/slashed/" }],
		["/files", { kind: "redirect", path: "/files/" }],
		["/nothing", { kind: "none" }],
	];
	const table = tableOf(routes);
	for (const [path, answer] of answers) {
		it(`answers GET ${path} with ${JSON.stringify(answer)}`, () => {
			assert.deepEqual(table.find("GET", path), answer);
		});
	}

	it("names the methods of the first path that matches when none takes the method", () => {
		const table = tableOf([
			["get post", "/items/{id}"],
			["PUT", "/items/{id}"],
			["PATCH", "/items/special"],
		]);
		assert.deepEqual(table.find("DELETE", "/items/1"), {
			kind: "method",
			allowed: ["GET", "POST"],
		});
		assert.deepEqual(table.find("DELETE", "/items/special"), {
			kind: "method",
			allowed: ["GET", "POST"],
		});
		assert.deepEqual(
			table.find("PATCH", "/items/special"),
			found("/items/special"),
		);
	});

	it("does not answer HEAD with a GET route", () => {
		assert.deepEqual(tableOf([["GET", "/"]]).find("HEAD", "/"), {
			kind: "method",
			allowed: ["GET"],
		});
	});

	it("gives a route without methods every method, also one that nobody has heard of", () => {
		const table = tableOf([
			["GET", "/x"],
			["*", "/{p:path}"],
		]);
		assert.deepEqual(table.find("BREW", "/x"), found("/{p:path}", "x"));
		assert.deepEqual(table.find("GET", "/x"), found("/x"));
	});

	it("prefers 405 to a redirect and redirects to a path of another method", () => {
		const table = tableOf([
			["POST", "/a"],
			["GET", "/a/"],
			["POST", "/b/"],
		]);
		assert.deepEqual(table.find("GET", "/a"), {
			kind: "method",
			allowed: ["POST"],
		});
		assert.deepEqual(table.find("GET", "/b"), {
			kind: "redirect",
			path: "/b/",
		});
	});

	it("matches below a mount and redirects to its root", () => {
		const table = tableOf([
			["GET", "/sub/own"],
			["*", "/sub/{path:path}"],
			["GET", "/sub/late"],
		]);
		assert.deepEqual(table.find("GET", "/sub/own"), found("/sub/own"));
		assert.deepEqual(
			table.find("GET", "/sub/late"),
			found("/sub/{path:path}", "late"),
		);
		assert.deepEqual(
			table.find("POST", "/sub/own"),
			found("/sub/{path:path}", "own"),
		);
		assert.deepEqual(table.find("GET", "/sub"), {
			kind: "redirect",
			path: "/sub/",
		});
	});

	it("takes routes after it has answered", () => {
		const table = tableOf([["GET", "/a"]]);
		assert.equal(table.find("GET", "/b").kind, "none");
		table.add(["GET"], parsePathTemplate("/b"), "/b");
		assert.deepEqual(table.find("GET", "/b"), found("/b"));
	});

	it("is empty without routes", () => {
		assert.deepEqual(new RouteTable().find("GET", "/"), { kind: "none" });
	});

	it("says the same as a scan over regular expressions, for random routes and paths", () => {
		for (let seed = 1; seed <= rounds(400); seed++) {
			const random = generator(seed);
			const declarations = Array.from({ length: 1 + random(12) }, () =>
				randomDeclaration(random),
			);
			const table = tableOf(declarations);
			for (let count = 0; count < 60; count++) {
				const method = pick(random, ["GET", "POST", "PUT"]);
				const path = randomPath(random);
				assert.deepEqual(
					table.find(method, path),
					scan(declarations, method, path),
					`seed ${seed}: ${method} ${path} in ${JSON.stringify(declarations)}`,
				);
			}
		}
	});
});

/** Starlette's way, spelled out. */
function scan(
	declarations: readonly Declaration[],
	method: string,
	path: string,
): Found<string> {
	const matches = (path: string) =>
		declarations.flatMap(([methods, template]) => {
			const texts = naiveRegExp(template).exec(path)?.slice(1);
			return texts ? [{ methods, template, texts }] : [];
		});
	const candidates = matches(path);
	const full = candidates.find(
		({ methods }) => methods === "*" || methods.split(" ").includes(method),
	);
	if (full) {
		return found(full.template, ...full.texts);
	}
	if (candidates[0]) {
		return { kind: "method", allowed: candidates[0].methods.split(" ") };
	}
	const other = path.endsWith("/") ? path.replace(/\/+$/, "") : `${path}/`;
	return path !== "/" && matches(other).length > 0
		? { kind: "redirect", path: other }
		: { kind: "none" };
}

function naiveRegExp(template: string): RegExp {
	const source = template
		.replaceAll(".", "\\.")
		.replaceAll(/\{\w+:path\}/g, "(.*)")
		.replaceAll(/\{\w+:int\}/g, "([0-9]+)")
		.replaceAll(/\{\w+\}/g, "([^/]+)");
	return new RegExp(`^${source}$`);
}

function randomDeclaration(random: Random): Declaration {
	let name = 0;
	const segments = Array.from({ length: random(5) }, () =>
		pick(random, [
			"a",
			"ab",
			"b",
			"1",
			"",
			() => `{p${name++}}`,
			() => `{p${name++}}`,
			() => `{p${name++}:int}`,
			() => `{p${name++}:path}`,
			() => `a{p${name++}}`,
			() => `{p${name++}}.{p${name++}}`,
		]),
	).map((segment) => (typeof segment === "string" ? segment : segment()));
	return [
		pick(random, ["GET", "POST", "GET POST", "GET", "*"]),
		`/${segments.join("/")}`,
	];
}

function randomPath(random: Random): string {
	const segments = Array.from({ length: random(5) }, () =>
		pick(random, ["a", "ab", "b", "1", "12", "", "a.b", ".", "b.a.1"]),
	);
	return `/${segments.join("/")}`;
}

type Random = (limit: number) => number;

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): Random {
	let state = seed;
	return (limit) => {
		state = (state + 0x6d2b79f5) | 0;
		let bits = Math.imul(state ^ (state >>> 15), 1 | state);
		bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
		return ((bits ^ (bits >>> 14)) >>> 0) % limit;
	};
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
	return items[random(items.length)] as Item;
}
