import { App } from "vivace";
import { cors } from "vivace/middleware";

export const app = new App({ title: "FastAPI" });

app.use(
	cors({
		allowOrigins: [
			"http://localhost.tiangolo.com",
			"https://localhost.tiangolo.com",
			"http://localhost",
			"http://localhost:8080",
		],
		allowCredentials: true,
		allowMethods: ["*"],
		allowHeaders: ["*"],
	}),
);

app.get("/", function main() {
	return { message: "Hello World" };
});
