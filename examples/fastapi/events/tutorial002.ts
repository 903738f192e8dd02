import { appendFile } from "node:fs/promises";
import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.onEvent("shutdown", () => appendFile("log.txt", "Application shutdown"));

app.get("/items/", function read_items() {
	return [{ name: "Foo" }];
});
