import { HTTPException, Router } from "vivace";
import { tokenHeader } from "../dependencies.ts";

export const router = new Router({
	prefix: "/items",
	tags: ["items"],
	dependencies: [tokenHeader],
	responses: { 404: { description: "Not found" } },
});

const fakeItemsDb = new Map([
	["plumbus", { name: "Plumbus" }],
	["gun", { name: "Portal Gun" }],
]);

router.get("/", function read_items() {
	return Object.fromEntries(fakeItemsDb);
});

router.get("/{item_id}", function read_item({ item_id }) {
	const item = fakeItemsDb.get(item_id);
	if (item === undefined) {
		throw new HTTPException(404, "Item not found");
	}
	return { name: item.name, item_id };
});

router.put(
	{
		path: "/{item_id}",
		tags: ["custom"],
		responses: { 403: { description: "Operation forbidden" } },
	},
	function update_item({ item_id }) {
		if (item_id !== "plumbus") {
			throw new HTTPException(403, "You can only update the item: plumbus");
		}
		return { item_id, name: "The great Plumbus" };
	},
);
