import { App } from "vivace";
import { z } from "zod";

const Item = z
	.object({
		name: z.string(),
		price: z.number(),
		tags: z.array(z.string()).optional(),
		description: z.string().nullish(),
		tax: z.number().nullish(),
	})
	.meta({ id: "Item" });

export const app = new App({ title: "FastAPI" });

app.get({ path: "/items/next", response: Item }, function read_next_item() {
	return {
		name: "Island In The Moon",
		price: 12.99,
		description: "A place to be playin' and havin' fun",
		tags: ["breater"],
	};
});
