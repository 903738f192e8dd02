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

app.put(
	"/items/{item_id}",
	{ item_id: z.int(), item: Item },
	function update_item({ item_id, item }) {
		return { item_id, item };
	},
);
