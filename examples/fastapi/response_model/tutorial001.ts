import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().nullish(),
		tags: z.array(z.string()).default([]),
	})
	.meta({ id: "Item" });

app.post(
	{ path: "/items/", response: Item },
	{ item: Item },
	function create_item({ item }) {
		return item;
	},
);

app.get({ path: "/items/", response: z.array(Item) }, function read_items() {
	return [
		{ name: "Portal Gun", price: 42 },
		{ name: "Plumbus", price: 32 },
	];
});
