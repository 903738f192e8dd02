import { App } from "vivace";

export const items = new Map<string, { name: string }>();

export const app = new App({
	title: "FastAPI",
	lifespan: async function* lifespan() {
		items.set("foo", { name: "Fighters" });
		items.set("bar", { name: "Tenders" });
		yield;
		items.clear();
	},
});

app.get("/items/{item_id}", function read_items({ item_id }) {
	return items.get(item_id);
});
