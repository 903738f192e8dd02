import { App, Body, JSONResponse } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

interface Item {
	readonly name: string | null | undefined;
	readonly size: number | null | undefined;
}

const items = new Map<string, Item>([
	["foo", { name: "Fighters", size: 6 }],
	["bar", { name: "Tenders", size: 3 }],
]);

app.put(
	"/items/{item_id}",
	{
		item_id: z.string(),
		name: Body(z.string().nullish()),
		size: Body(z.int().nullish()),
	},
	function upsert_item({ item_id, name, size }) {
		const isNew = !items.has(item_id);
		const item = { name, size };
		items.set(item_id, item);
		return isNew ? new JSONResponse(item, { status: 201 }) : item;
	},
);
