import { App, Response } from "vivace";

export const app = new App({ title: "FastAPI" });

app.post(
	"/cookie-and-object/",
	{ response: Response },
	function create_cookie({ response }) {
		response.setCookie("fakesession", "fake-cookie-session-value");
		return { message: "Come to the dark side, we have cookies" };
	},
);
