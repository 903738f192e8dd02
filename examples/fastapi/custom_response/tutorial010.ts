import { App, HTMLResponse } from "vivace";

export const app = new App({ title: "FastAPI", responseClass: HTMLResponse });

app.get("/items/", function read_items() {
	return "<h1>Items</h1><p>This is a list of items.</p>";
});
