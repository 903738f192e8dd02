import { App, FileResponse } from "vivace";
import { z } from "zod";

const Item = z
	.object({ id: z.string(), value: z.string() })
	.meta({ id: "Item" });

const responses = {
	404: { description: "Item not found" },
	302: { description: "The item was moved" },
	403: { description: "Not enough privileges" },
};

export const app = new App({ title: "FastAPI" });

app.get(
	{
		path: "/items/{item_id}",
		response: Item,
		responses: { ...responses, 200: { content: { "image/png": {} } } },
	},
	{ item_id: z.string(), img: z.boolean().nullish() },
	function read_item({ img }) {
		return img
			? new FileResponse("image.png", { mediaType: "image/png" })
			: { id: "foo", value: "there goes my hero" };
	},
);
