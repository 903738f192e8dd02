import { App, Path } from "vivace";
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
	{
		item_id: Path(z.int().gte(0).lte(1000), {
			title: "The ID of the item to get",
		}),
		q: z.string().nullish(),
		item: Item.nullish(),
	},
	function update_item({ item_id, q, item }) {
		return { item_id, ...(q && { q }), ...(item && { item }) };
	},
);
