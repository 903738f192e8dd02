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

const User = z
	.object({ username: z.string(), full_name: z.string().nullish() })
	.meta({ id: "User" });

app.put(
	"/items/{item_id}",
	{
		item_id: z.int(),
		item: Item,
		user: User,
		importance: Body(z.int().gt(0)),
		q: z.string().nullish(),
	},
	function update_item({ q, ...results }) {
		return q ? { ...results, q } : results;
	},
);
