import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing, type Problem, unreadable } from "./problems.ts";

const sent = { name: "Foo", price: 35.4 };
const filled = { ...sent, description: null, tax: null, tags: [] };
const image = { url: "http://example.com/image.png", name: "example image" };

function put(fields: object): Row {
	const item = { ...filled, ...fields };
	return ["PUT /items/5", { json: item }, 200, { item_id: 5, item }];
}

function putMinimal(fields: object): Row {
	const item = { ...filled, ...fields };
	return ["PUT /items/5", { json: sent }, 200, { item_id: 5, item }];
}

function refusal(fields: object, problem: Problem): Row {
	return [
		"PUT /items/5",
		{ json: { ...sent, ...fields } },
		422,
		invalid(problem),
	];
}

const wrongTags = refusal(
	{ tags: "a" },
	unreadable("list_type", ["body", "tags"], "a"),
);
const repeatedTags: Row = [
	"PUT /items/5",
	{ json: { ...sent, tags: ["a", "b", "a"] } },
	200,
	{ item_id: 5, item: { ...filled, tags: ["a", "b"] } },
];

checkPort("body_nested_models.tutorial001", [
	putMinimal({}),
	put({ tags: [1, "a", null] }),
	wrongTags,
]);

checkPort("body_nested_models.tutorial002", [
	putMinimal({}),
	put({ tags: ["a", "a"] }),
	wrongTags,
	refusal({ tags: [1] }, unreadable("string_type", ["body", "tags", 0], 1)),
]);

checkPort("body_nested_models.tutorial003", [putMinimal({}), repeatedTags]);

checkPort("body_nested_models.tutorial004", [
	putMinimal({ image: null }),
	put({ image: { url: "anything", name: "x" } }),
	refusal(
		{ image: { url: image.url } },
		missing(["body", "image", "name"], { url: image.url }),
	),
]);

const noUrl = (place: readonly (string | number)[]) => ({
	type: "url_parsing",
	loc: place,
	msg: "Input should be a valid URL, relative URL without a base",
	input: "not a valid url",
	ctx: { error: "relative URL without a base" },
});

checkPort("body_nested_models.tutorial005", [
	putMinimal({ image: null }),
	put({ image }),
	refusal(
		{ image: { ...image, url: "not a valid url" } },
		noUrl(["body", "image", "url"]),
	),
]);

checkPort("body_nested_models.tutorial006", [
	putMinimal({ images: null }),
	put({ images: [image, image] }),
	refusal(
		{ images: [image, { ...image, url: "not a valid url" }] },
		noUrl(["body", "images", 1, "url"]),
	),
	refusal(
		{ images: image },
		unreadable("list_type", ["body", "images"], image),
	),
]);

checkPort("body_nested_models.tutorial007", [
	[
		"POST /offers/",
		{
			json: { name: "Offer", price: 1, items: [{ ...sent, images: [image] }] },
		},
		200,
		{
			name: "Offer",
			description: null,
			price: 1,
			items: [{ ...filled, images: [image] }],
		},
	],
	[
		"POST /offers/",
		{ json: { name: "Offer", price: 1, items: [{ price: 1 }] } },
		422,
		invalid(missing(["body", "items", 0, "name"], { price: 1 })),
	],
]);

checkPort("body_nested_models.tutorial008", [
	["POST /images/multiple/", { json: [image, image] }, 200, [image, image]],
	[
		"POST /images/multiple/",
		{ json: image },
		422,
		invalid(unreadable("list_type", ["body"], image)),
	],
	[
		"POST /images/multiple/",
		{ json: [{ url: image.url }] },
		422,
		invalid(missing(["body", 0, "name"], { url: image.url })),
	],
]);

checkPort("body_nested_models.tutorial009", [
	[
		"POST /index-weights/",
		{ json: { 2: 2.2, 3: "3.3" } },
		200,
		{ 2: 2.2, 3: 3.3 },
	],
	[
		"POST /index-weights/",
		{ json: { foo: 2.2 } },
		422,
		invalid(unreadable("int_parsing", ["body", "foo", "[key]"], "foo")),
	],
]);
