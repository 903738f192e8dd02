import { App, HTTPException } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().default(10.5),
		tags: z.array(z.string()).default([]),
	})
	.meta({ id: "Item" });

const items = new Map<string, z.input<typeof Item>>([
	["foo", { name: "Foo", price: 50.2 }],
	["bar", { name: "Bar", description: "The bartenders", price: 62, tax: 20.2 }],
	["baz", { name: "Baz", description: null, price: 50.2, tax: 10.5, tags: [] }],
]);

app.get(
	{ path: "/items/{item_id}", response: Item, excludeUnset: true },
	function read_item({ item_id }) {
		const item = items.get(item_id);
		if (item === undefined) {
			throw new HTTPException(404);
		}
		return item;
	},
);
