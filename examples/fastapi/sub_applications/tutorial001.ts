import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/app", function read_main() {
	return { message: "Hello World from main app" };
});

const subapi = new App({ title: "FastAPI" });

subapi.get("/sub", function read_sub() {
	return { message: "Hello World from sub API" };
});

app.mount("/subapi", subapi);
