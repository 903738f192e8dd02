import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [{ item_id: "Foo" }, { item_id: "Bar" }];

app.get(
	"/items/",
	{ q: Query(z.string().min(3).nullish(), { title: "Query string" }) },
	function read_items({ q }) {
		return q ? { items, q } : { items };
	},
);
