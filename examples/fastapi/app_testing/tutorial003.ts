import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

const items = new Map<string, { name: string }>();

app.onEvent("startup", () => {
	items.set("foo", { name: "Fighters" });
	items.set("bar", { name: "Tenders" });
});

app.get("/items/{item_id}", function read_items({ item_id }) {
	return items.get(item_id);
});
