import { App, JSONResponse } from "vivace";
import { z } from "zod";

const Item = z
	.object({ id: z.string(), value: z.string() })
	.meta({ id: "Item" });

const Message = z.object({ message: z.string() }).meta({ id: "Message" });

export const app = new App({ title: "FastAPI" });

app.get(
	{
		path: "/items/{item_id}",
		response: Item,
		responses: {
			404: { schema: Message, description: "The item was not found" },
			200: {
				description: "Item requested by ID",
				content: {
					"application/json": {
						example: { id: "bar", value: "The bar tenders" },
					},
				},
			},
		},
	},
	{ item_id: z.string() },
	function read_item({ item_id }) {
		return item_id === "foo"
			? { id: "foo", value: "there goes my hero" }
			: new JSONResponse({ message: "Item not found" }, { status: 404 });
	},
);
