import { App, jsonCompatible } from "vivace";
import { z } from "zod";

const fakeDb = new Map<string, unknown>();

const Item = z
	.object({
		title: z.string(),
		timestamp: z.date(),
		description: z.string().nullish(),
	})
	.meta({ id: "Item" });

export const app = new App({ title: "FastAPI" });

app.put("/items/{id}", { item: Item }, function update_item({ id, item }) {
	fakeDb.set(id, jsonCompatible(item));
});
