import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/items/", function read_items() {
	return ["plumbus", "portal gun"];
});
