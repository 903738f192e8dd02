import { App, JSONResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/headers/", function get_headers() {
	const headers = {
		"X-Cat-Dog": "alone in the world",
		"Content-Language": "en-US",
	};
	return new JSONResponse({ message: "Hello World" }, { headers });
});
