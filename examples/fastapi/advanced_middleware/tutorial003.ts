import { App } from "vivace";
import { compress } from "vivace/middleware";

export const app = new App({ title: "FastAPI" });

app.use(compress({ minimumSizeBytes: 1000, level: 5 }));

app.get("/", function main() {
	return "somebigcontent";
});
