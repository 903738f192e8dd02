import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing, noMatch, tooLong, tooShort } from "./problems.ts";

const items = [{ item_id: "Foo" }, { item_id: "Bar" }];
const q = ["query", "q"];
const long = "a".repeat(51);

const none: Row = ["GET /items/", 200, { items }];
const some: Row = ["GET /items/?q=query", 200, { items, q: "query" }];
const fixed: Row = [
	"GET /items/?q=fixedquery",
	200,
	{ items, q: "fixedquery" },
];
const short: Row = ["GET /items/?q=fa", 422, invalid(tooShort(3, q, "fa"))];
const beyond: Row = [
	`GET /items/?q=${long}`,
	422,
	invalid(tooLong(50, q, long)),
];
const absent: Row = ["GET /items/", 422, invalid(missing(q))];

function check(tutorial: string, rows: readonly Row[]): void {
	checkPort(`query_params_str_validations.${tutorial}`, rows);
}

check("tutorial001", [none, some, ["GET /items/?q=", 200, { items }]]);
check("tutorial002", [none, some, beyond]);
check("tutorial003", [none, some, beyond, short]);
check("tutorial004", [
	none,
	fixed,
	["GET /items/?q=other", 422, invalid(noMatch("^fixedquery$", q, "other"))],
]);
check("tutorial005", [
	["GET /items/", 200, { items, q: "fixedquery" }],
	some,
	short,
]);
check("tutorial006", [absent, some, short]);
check("tutorial006c", [absent, some, short]);
check("tutorial007", [none, some, short]);
check("tutorial008", [none, some, short]);
check("tutorial009", [
	none,
	["GET /items/?item-query=a", 200, { items, q: "a" }],
	["GET /items/?q=a", 200, { items }],
]);
check("tutorial010", [
	none,
	["GET /items/?item-query=fixedquery", 200, { items, q: "fixedquery" }],
	[
		"GET /items/?item-query=other",
		422,
		invalid(noMatch("^fixedquery$", ["query", "item-query"], "other")),
	],
]);
check("tutorial011", [
	["GET /items/", 200, { q: null }],
	["GET /items/?q=foo&q=bar", 200, { q: ["foo", "bar"] }],
	["GET /items/?q=foo", 200, { q: ["foo"] }],
]);
check("tutorial012", [
	["GET /items/", 200, { q: ["foo", "bar"] }],
	["GET /items/?q=baz&q=foobar", 200, { q: ["baz", "foobar"] }],
]);
check("tutorial013", [
	["GET /items/", 200, { q: [] }],
	["GET /items/?q=foo&q=3", 200, { q: ["foo", "3"] }],
]);
check("tutorial014", [
	["GET /items/", 200, { hidden_query: "Not found" }],
	["GET /items/?hidden_query=a", 200, { hidden_query: "a" }],
]);
check("tutorial015", [
	[
		"GET /items/?id=isbn-9781439512982",
		200,
		{
			id: "isbn-9781439512982",
			name: "Isaac Asimov: The Complete Stories, Vol. 2",
		},
	],
	["GET /items/?id=imdb-tt0", 200, { id: "imdb-tt0", name: null }],
	[
		"GET /items/?id=wrong",
		422,
		invalid({
			type: "value_error",
			loc: ["query", "id"],
			msg: 'Value error, Invalid ID format, it must start with "isbn-" or "imdb-"',
			input: "wrong",
			ctx: { error: {} },
		}),
	],
]);
