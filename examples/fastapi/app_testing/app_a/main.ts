import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/", function read_main() {
	return { msg: "Hello World" };
});
