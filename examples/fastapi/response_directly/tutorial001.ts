import { App, JSONResponse, jsonCompatible } from "vivace";
import { z } from "zod";

const Item = z
	.object({
		title: z.string(),
		timestamp: z.iso.datetime({ local: true, offset: true }),
		description: z.string().nullish(),
	})
	.meta({ id: "Item" });

export const app = new App({ title: "FastAPI" });

app.put(
	"/items/{id}",
	{ id: z.string(), item: Item },
	function update_item({ item }) {
		return new JSONResponse(jsonCompatible(item));
	},
);
