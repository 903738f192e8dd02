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

app.post(
	{
		path: "/items/",
		response: Item,
		summary: "Create an item",
		description: `
Create an item with all the information:

- **name**: each item must have a name
- **description**: a long description
- **price**: required
- **tax**: if the item doesn't have tax, you can omit this
- **tags**: a set of unique tag strings for this item
`,
	},
	{ item: Item },
	function create_item({ item }) {
		return item;
	},
);
