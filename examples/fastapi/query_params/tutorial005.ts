import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{ item_id: z.string(), needy: z.string() },
	function read_user_item({ item_id, needy }) {
		return { item_id, needy };
	},
);
