import { App, Path } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{
		item_id: Path(z.int().gte(0).lte(1000), {
			title: "The ID of the item to get",
		}),
		q: z.string(),
		size: z.number().gt(0).lt(10.5),
	},
	function read_items({ item_id, q, size }) {
		return { item_id, ...(q && { q }), ...(size && { size }) };
	},
);
