import { App, JSONResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.post("/cookie/", function create_cookie() {
	const response = new JSONResponse({
		message: "Come to the dark side, we have cookies",
	});
	response.setCookie("fakesession", "fake-cookie-session-value");
	return response;
});
