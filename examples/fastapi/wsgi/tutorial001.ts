import type { IncomingMessage, ServerResponse } from "node:http";
import { App } from "vivace";

/** Stands for an app of another framework of Node's, which is such a function too. */
function nodeApp(request: IncomingMessage, response: ServerResponse) {
	const { searchParams } = new URL(request.url ?? "/", "http://node");
	const name = searchParams.get("name") ?? "World";
	response.setHeader("content-type", "text/plain; charset=utf-8");
	response.end(`Hello, ${name} from Flask!`);
}

export const app = new App({ title: "FastAPI" });

app.get("/v2", function read_main() {
	return { message: "Hello World" };
});

app.mount("/v1", nodeApp);
