import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string().meta({ examples: ["Foo"] }),
		description: z
			.string()
			.nullish()
			.meta({ examples: ["A very nice Item"] }),
		price: z.number().meta({ examples: [35.4] }),
		tax: z
			.number()
			.nullish()
			.meta({ examples: [3.2] }),
	})
	.meta({ id: "Item" });

app.put(
	"/items/{item_id}",
	{ item_id: z.int(), item: Item },
	function update_item({ item_id, item }) {
		return { item_id, item };
	},
);
