import { App, RedirectResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/pydantic", responseClass: RedirectResponse, status: 302 },
	function redirect_pydantic() {
		return "https://docs.pydantic.dev/";
	},
);
