import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{ hidden_query: Query(z.string().nullish(), { includeInSchema: false }) },
	function read_items({ hidden_query }) {
		return { hidden_query: hidden_query || "Not found" };
	},
);
