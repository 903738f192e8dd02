import { App } from "vivace";

export const app = new App({ title: "FastAPI", rootPath: "/api/v1" });

app.get("/app", function read_main(_values, request) {
	return { message: "Hello World", root_path: request.rootPath };
});
