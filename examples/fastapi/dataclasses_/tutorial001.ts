import { App } from "vivace";
import { z } from "zod";

const Item = z
	.object({
		name: z.string(),
		price: z.number(),
		description: z.string().nullish(),
		tax: z.number().nullish(),
	})
	.meta({ id: "Item" });

export const app = new App({ title: "FastAPI" });

app.post("/items/", { item: Item }, function create_item({ item }) {
	return item;
});
