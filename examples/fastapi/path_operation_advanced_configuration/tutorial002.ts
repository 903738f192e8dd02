import { App } from "vivace";

export const app = new App({
	title: "FastAPI",
	generateUniqueId: (operation) => operation.name,
});

app.get("/items/", function read_items() {
	return [{ item_id: "Foo" }];
});
