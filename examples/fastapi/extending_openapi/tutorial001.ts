import { App } from "vivace";

export const app = new App({
	title: "Custom title",
	version: "2.5.0",
	summary: "This is a very custom OpenAPI schema",
	description: "Here's a longer description of the custom **OpenAPI** schema",
});

app.get("/items/", function read_items() {
	return [{ name: "Foo" }];
});

const document = app.openapi();

document.info["x-logo"] = {
	url: "https://fastapi.tiangolo.com/img/logo-margin/logo-teal.png",
};

app.openapi = () => document;
