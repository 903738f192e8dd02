import { App } from "vivace";

export const app = new App({
	title: "FastAPI",
	docsUrl: "/documentation",
	redocUrl: null,
});

app.get("/items/", function read_items() {
	return [{ name: "Foo" }];
});
