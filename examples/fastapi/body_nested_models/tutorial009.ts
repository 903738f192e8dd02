import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.post(
	"/index-weights/",
	{ weights: z.record(z.int(), z.number()) },
	function create_index_weights({ weights }) {
		return weights;
	},
);
