import { App, HTMLResponse } from "vivace";
import { staticFiles } from "vivace/static";
import { templates } from "vivace/templates";
import { nunjucksEngine } from "../../nunjucks/nunjucks-engine.ts";

export const app = new App({ title: "FastAPI" });

app.mount("/static", staticFiles("static"), { name: "static" });

// the chapter's templates are Jinja2's
const render = templates("templates", { engine: nunjucksEngine() });

app.get(
	{ path: "/items/{id}", responseClass: HTMLResponse },
	{ render },
	function read_item({ id, render }) {
		return render("item.html", { id });
	},
);
