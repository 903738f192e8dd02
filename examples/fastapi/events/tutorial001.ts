import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = new Map<string, { readonly name: string }>();

app.onEvent("startup", async () => {
	items.set("foo", { name: "Fighters" });
	items.set("bar", { name: "Tenders" });
});

app.get(
	"/items/{item_id}",
	{ item_id: z.string() },
	function read_items({ item_id }) {
		return items.get(item_id);
	},
);
