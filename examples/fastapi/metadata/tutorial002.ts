import { App } from "vivace";

export const app = new App({
	title: "FastAPI",
	openapiUrl: "/api/v1/openapi.json",
});

app.get("/items/", function read_items() {
	return [{ name: "Foo" }];
});
