import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [{ item_id: "Foo" }, { item_id: "Bar" }];

app.get(
	"/items/",
	{ q: z.string().min(3).default("fixedquery") },
	function read_items({ q }) {
		return q ? { items, q } : { items };
	},
);
