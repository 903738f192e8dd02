import { App, Response } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	"/headers-and-object/",
	{ response: Response },
	function get_headers({ response }) {
		response.headers.set("X-Cat-Dog", "alone in the world");
		return { message: "Hello World" };
	},
);
