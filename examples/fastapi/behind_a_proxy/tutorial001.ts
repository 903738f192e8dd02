import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/app", function read_main(_values, request) {
	return { message: "Hello World", root_path: request.rootPath };
});
