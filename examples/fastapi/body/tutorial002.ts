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

app.post("/items/", { item: Item }, function create_item({ item }) {
	const { price, tax } = item;
	return typeof tax === "number"
		? { ...item, price_with_tax: price + tax }
		: item;
});
