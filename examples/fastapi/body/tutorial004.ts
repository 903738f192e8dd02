import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().nullish(),
	})
	.meta({ id: "Item" });

app.put(
	"/items/{item_id}",
	{ item_id: z.int(), item: Item, q: z.string().nullish() },
	function update_item({ item_id, item, q }) {
		return { item_id, ...item, ...(q && { q }) };
	},
);
