import { App } from "vivace";
import { httpsRedirect } from "vivace/middleware";

export const app = new App({ title: "FastAPI" });

app.use(httpsRedirect());

app.get("/", function main() {
	return { message: "Hello World" };
});
