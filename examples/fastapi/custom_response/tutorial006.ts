import { App, RedirectResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/typer", function redirect_typer() {
	return new RedirectResponse("https://typer.tiangolo.com");
});
