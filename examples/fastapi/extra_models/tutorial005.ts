import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/keyword-weights/", response: z.record(z.string(), z.number()) },
	function read_keyword_weights() {
		return { foo: 2.3, bar: 3.4 };
	},
);
