import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const description = "This is an amazing item that has a long description";

app.get(
	"/users/{user_id}/items/{item_id}",
	{
		user_id: z.int(),
		item_id: z.string(),
		q: z.string().nullish(),
		short: z.boolean().default(false),
	},
	function read_user_item({ user_id, item_id, q, short }) {
		return {
			item_id,
			owner_id: user_id,
			...(q && { q }),
			...(!short && { description }),
		};
	},
);
