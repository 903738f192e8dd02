import { App, JSONResponse, jsonCompatible } from "vivace";
import { z } from "zod";

const Item = z
	.object({
		title: z.string(),
		// with or without a zone; FastAPI documents both as date-time, which has one
		timestamp: z.iso
			.datetime({ local: true, offset: true })
			.meta({ jsonSchema: { type: "string", format: "date-time" } }),
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
