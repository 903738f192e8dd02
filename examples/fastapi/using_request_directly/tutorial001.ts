import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/{item_id}",
	{ item_id: z.string() },
	function read_root({ item_id }, request) {
		return { client_host: request.client?.host, item_id };
	},
);
