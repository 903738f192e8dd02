import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const description = "This is an amazing item that has a long description";

app.get(
	"/items/{item_id}",
	{
		item_id: z.string(),
		q: z.string().nullish(),
		short: z.boolean().default(false),
	},
	function read_item({ item_id, q, short }) {
		return { item_id, ...(q && { q }), ...(!short && { description }) };
	},
);
