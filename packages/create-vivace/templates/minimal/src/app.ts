import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "{{name}}", health: true });

app.get("/", function read_root() {
	return { message: "Hello World" };
});

app.get(
	"/items/{item_id}",
	{ item_id: z.int(), q: z.string().optional() },
	function read_item({ item_id, q }) {
		return { item_id, q };
	},
);
