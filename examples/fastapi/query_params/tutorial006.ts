import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{
		item_id: z.string(),
		needy: z.string(),
		skip: z.int().default(0),
		limit: z.int().nullish(),
	},
	function read_user_item({ item_id, needy, skip, limit }) {
		return { item_id, needy, skip, limit };
	},
);
