import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{ item_id: z.int() },
	function read_item({ item_id }) {
		return { item_id };
	},
);
