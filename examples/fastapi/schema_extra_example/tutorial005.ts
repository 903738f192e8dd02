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
			openapiExamples: {
				normal: {
					summary: "A normal example",
					description: "A **normal** item works correctly.",
					value: {
						name: "Foo",
						description: "A very nice Item",
						price: 35.4,
						tax: 3.2,
					},
				},
				converted: {
					summary: "An example with converted data",
					description:
						"FastAPI can convert price `strings` to actual `numbers` automatically",
					value: { name: "Bar", price: "35.4" },
				},
				invalid: {
					summary: "Invalid data is rejected with an error",
					value: { name: "Baz", price: "thirty five point four" },
				},
			},
		}),
	},
	function update_item({ item_id, item }) {
		return { item_id, item };
	},
);
