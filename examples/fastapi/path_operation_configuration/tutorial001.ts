import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().nullish(),
		tags: z.set(z.string()).default(new Set()),
	})
	.meta({ id: "Item" });

app.post(
	{ path: "/items/", response: Item, status: 201 },
	{ item: Item },
	function create_item({ item }) {
		return item;
	},
);
