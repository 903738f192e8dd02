import { App, Body, HTTPException } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string().nullish(),
		description: z.string().nullish(),
		price: z.number().nullish(),
		tax: z.number().default(10.5),
		tags: z.array(z.string()).default([]),
	})
	.meta({ id: "Item" });

const items = new Map<string, z.input<typeof Item>>([
	["foo", { name: "Foo", price: 50.2 }],
	["bar", { name: "Bar", description: "The bartenders", price: 62, tax: 20.2 }],
	["baz", { name: "Baz", description: null, price: 50.2, tax: 10.5, tags: [] }],
]);

function itemOf(id: string) {
	const item = items.get(id);
	if (item === undefined) {
		throw new HTTPException(404, "Item not found");
	}
	return item;
}

app.get(
	{ path: "/items/{item_id}", response: Item },
	{ item_id: z.string() },
	function read_item({ item_id }) {
		return itemOf(item_id);
	},
);

app.patch(
	{ path: "/items/{item_id}", response: Item },
	{ item_id: z.string(), changes: Body(Item, { excludeUnset: true }) },
	function update_item({ item_id, changes }) {
		const updated = { ...itemOf(item_id), ...changes };
		items.set(item_id, updated);
		return updated;
	},
);
