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

const User = z
	.object({ username: z.string(), full_name: z.string().nullish() })
	.meta({ id: "User" });

app.put(
	"/items/{item_id}",
	{ item_id: z.int(), item: Item, user: User },
	function update_item({ item_id, item, user }) {
		return { item_id, item, user };
	},
);
