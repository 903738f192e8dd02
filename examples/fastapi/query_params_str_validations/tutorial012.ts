import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{ q: Query(z.array(z.string()).default(["foo", "bar"])) },
	function read_items({ q }) {
		return { q };
	},
);
