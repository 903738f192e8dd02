import { App, HTTPException } from "vivace";

export const app = new App({ title: "FastAPI" });

const items = new Map([["foo", "The Foo Wrestlers"]]);

app.get("/items/{item_id}", function read_item({ item_id }) {
	const item = items.get(item_id);
	if (item === undefined) {
		throw new HTTPException(404, "Item not found");
	}
	return { item };
});
