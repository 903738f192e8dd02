import { App, serve } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/", function root() {
	const a = "a";
	const b = `b${a}`;
	return { "hello world": b };
});

if (import.meta.main) {
	await serve(app, { host: "0.0.0.0", port: 8000 });
}
