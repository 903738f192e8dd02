import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{ item_id: z.string(), q: z.string().nullish() },
	function read_item({ item_id, q }) {
		return q ? { item_id, q } : { item_id };
	},
);
