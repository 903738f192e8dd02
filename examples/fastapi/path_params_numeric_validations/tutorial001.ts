import { App, Path, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{
		item_id: Path(z.int(), { title: "The ID of the item to get" }),
		q: Query(z.string().nullish(), { alias: "item-query" }),
	},
	function read_items({ item_id, q }) {
		return q ? { item_id, q } : { item_id };
	},
);
