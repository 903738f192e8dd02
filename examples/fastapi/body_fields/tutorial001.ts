import { App, Body } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z
			.string()
			.max(300)
			.nullish()
			.meta({ title: "The description of the item" }),
		price: z.number().gt(0).describe("The price must be greater than zero"),
		tax: z.number().nullish(),
	})
	.meta({ id: "Item" });

app.put(
	"/items/{item_id}",
	{ item_id: z.int(), item: Body(Item, { embed: true }) },
	function update_item({ item_id, item }) {
		return { item_id, item };
	},
);
