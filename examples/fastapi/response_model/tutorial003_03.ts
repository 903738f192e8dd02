import { App, RedirectResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/teleport", function get_teleport() {
	return new RedirectResponse("https://www.youtube.com/watch?v=dQw4w9WgXcQ");
});
