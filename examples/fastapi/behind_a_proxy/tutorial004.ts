import { App } from "vivace";

export const app = new App({
	title: "FastAPI",
	servers: [
		{ url: "https://stag.example.com", description: "Staging environment" },
		{ url: "https://prod.example.com", description: "Production environment" },
	],
	rootPath: "/api/v1",
	rootPathInServers: false,
});

app.get("/app", function read_main(_values, request) {
	return { message: "Hello World", root_path: request.rootPath };
});
