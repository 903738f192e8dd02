import { App, PlainTextResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get({ path: "/", responseClass: PlainTextResponse }, function main() {
	return "Hello World";
});
