import assert from "node:assert/strict";
import { after, mock, test } from "node:test";
import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing, unreadable } from "./problems.ts";

// the lines of the dependencies and of the apps' loggers
const written = mock.method(console, "error", () => {});
after(() => written.mock.restore());

const everything = { q: null, skip: 0, limit: 100 };

checkPort("dependencies.tutorial001", [
	["GET /items/", 200, everything],
	["GET /items/?q=foo", 200, { ...everything, q: "foo" }],
	["GET /items/?q=foo&skip=5", 200, { q: "foo", skip: 5, limit: 100 }],
	["GET /items/?q=foo&skip=5&limit=30", 200, { q: "foo", skip: 5, limit: 30 }],
	["GET /users/", 200, everything],
	[
		"GET /users/?skip=a&limit=b",
		422,
		invalid(
			unreadable("int_parsing", ["query", "skip"], "a"),
			unreadable("int_parsing", ["query", "limit"], "b"),
		),
	],
]);

const items = [
	{ item_name: "Foo" },
	{ item_name: "Bar" },
	{ item_name: "Baz" },
];

checkPort("dependencies.tutorial002", [
	["GET /items/", 200, { items }],
	["GET /items/?q=foo", 200, { q: "foo", items }],
	["GET /items/?skip=1", 200, { items: items.slice(1) }],
	["GET /items/?q=foo&limit=2", 200, { q: "foo", items: items.slice(0, 2) }],
	["GET /items/?skip=1&limit=1", 200, { items: items.slice(1, 2) }],
	["GET /items/?q=foo&skip=1000", 200, { q: "foo", items: [] }],
]);

checkPort("dependencies.tutorial005", [
	["GET /items", 307, ""],
	["GET /items/", 200, { q_or_cookie: null }],
	["GET /items/?q=foo", 200, { q_or_cookie: "foo" }],
	[
		"GET /items/",
		{ cookies: { last_query: "bar" } },
		200,
		{ q_or_cookie: "bar" },
	],
	[
		"GET /items/?q=foo",
		{ cookies: { last_query: "bar" } },
		200,
		{ q_or_cookie: "foo" },
	],
]);

/** The rows for two headers that guard a path, which is answered with `body`. */
function guarded(path: string, body: unknown): Row[] {
	const token = { "x-token": "fake-super-secret-token" };
	const key = { "x-key": "fake-super-secret-key" };
	return [
		[
			`GET ${path}`,
			422,
			invalid(missing(["header", "x-token"]), missing(["header", "x-key"])),
		],
		[
			`GET ${path}`,
			{ headers: { ...key, "x-token": "invalid" } },
			400,
			{ detail: "X-Token header invalid" },
		],
		[
			`GET ${path}`,
			{ headers: { ...token, "x-key": "invalid" } },
			400,
			{ detail: "X-Key header invalid" },
		],
		[`GET ${path}`, { headers: { ...token, ...key } }, 200, body],
	];
}

checkPort(
	"dependencies.tutorial006",
	guarded("/items/", [{ item: "Foo" }, { item: "Bar" }]),
);

const internalError: Row = [
	"GET /items/portal-gun",
	500,
	"Internal Server Error",
];

checkPort("dependencies.tutorial008b", [
	["GET /items/nothing", 404, { detail: "Item not found" }],
	["GET /items/plumbus", 400, { detail: "Owner error: Rick" }],
	[
		"GET /items/portal-gun",
		200,
		{ description: "Gun to create portals", owner: "Rick" },
	],
]);

for (const name of ["tutorial008c", "tutorial008d"]) {
	checkPort(`dependencies.${name}`, [
		[
			"GET /items/nothing",
			404,
			{ detail: "Item not found, there's only a plumbus here" },
		],
		["GET /items/plumbus", 200, "plumbus"],
		internalError,
	]);
}

checkPort("dependencies.tutorial008e", [["GET /users/me", 200, "Rick"]]);

checkPort("dependencies.tutorial011", [
	["GET /query-checker/", 200, { fixed_content_in_query: false }],
	["GET /query-checker/?q=foo", 200, { fixed_content_in_query: false }],
	["GET /query-checker/?q=foobar", 200, { fixed_content_in_query: true }],
]);

checkPort("dependencies.tutorial012", [
	...guarded("/items/", [{ item: "Portal Gun" }, { item: "Plumbus" }]),
	...guarded("/users/", [{ username: "Rick" }, { username: "Morty" }]),
]);

test("the dependencies have heard what was thrown, and cleaned up", () => {
	const lines = written.mock.calls.map(({ arguments: [line] }) => String(line));
	for (const said of [/Britney/, /we throw again/, /Cleaning up/]) {
		assert.equal(lines.filter((line) => said.test(line)).length, 1);
	}
});
