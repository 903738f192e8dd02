import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf, uniqueIdOf } from "../../src/openapi/operation-name.ts";

const operations = [
	{
		name: "read_item",
		path: "/items/{item_id}",
		method: "GET",
		summary: "Read Item",
		id: "read_item_items__item_id__get",
	},
	{
		name: "readItem",
		path: "/items/{item_id}",
		method: "get",
		summary: "Read Item",
		id: "readItem_items__item_id__get",
	},
	{
		name: "getHTTPStatus2Text",
		path: "/",
		method: "PUT",
		summary: "Get Http Status2 Text",
		id: "getHTTPStatus2Text__put",
	},
	{
		name: "",
		path: "/items/{item_id}",
		method: "DELETE",
		summary: "DELETE /items/{item_id}",
		id: "items__item_id__delete",
	},
	{ name: "", path: "/", method: "GET", summary: "GET /", id: "root_get" },
	{
		name: "café",
		path: "/größe-x",
		method: "POST",
		summary: "Café",
		id: "café_größe_x_post",
	},
];

for (const { summary, id, ...operation } of operations) {
	const { name, method, path } = operation;
	test(`${name || "an anonymous handler"} of ${method} ${path} is "${summary}" with the id ${id}`, () => {
		assert.equal(summaryOf(operation), summary);
		assert.equal(uniqueIdOf(operation), id);
	});
}
