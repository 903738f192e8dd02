import { App, RedirectResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/fastapi", responseClass: RedirectResponse },
	function redirect_fastapi() {
		return "https://fastapi.tiangolo.com";
	},
);
