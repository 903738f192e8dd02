import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get({ path: "/items/", includeInSchema: false }, function read_items() {
	return [{ item_id: "Foo" }];
});
