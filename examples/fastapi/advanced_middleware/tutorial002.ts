import { App } from "vivace";
import { trustedHosts } from "vivace/middleware";

export const app = new App({ title: "FastAPI" });

app.use(trustedHosts({ allowedHosts: ["example.com", "*.example.com"] }));

app.get("/", function main() {
	return { message: "Hello World" };
});
