import { App, Body } from "vivace";
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
		item_id: z.int(),
		item: Body(Item, {
			examples: [
				{ name: "Foo", description: "A very nice Item", price: 35.4, tax: 3.2 },
			],
		}),
	},
	function update_item({ item_id, item }) {
		return { item_id, item };
	},
);
