import assert from "node:assert/strict";
import { test } from "node:test";
import { titleCase } from "../../../src/schema/document/title-case.ts";

for (const [name, title] of [
	["item_id", "Item Id"],
	["x-token", "X-Token"],
	["itemId", "Itemid"],
	["item2name", "Item2Name"],
	["Response_read_items_items__get", "Response Read Items Items  Get"],
	["größe_é", "Größe É"],
	["__proto__", "  Proto  "],
	["", ""],
] as const) {
	test(`the title of "${name}" is "${title}", as Python's str.title writes it`, () => {
		assert.equal(titleCase(name), title);
	});
}
