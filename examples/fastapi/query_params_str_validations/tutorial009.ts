import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [{ item_id: "Foo" }, { item_id: "Bar" }];

app.get(
	"/items/",
	{ q: Query(z.string().nullish(), { alias: "item-query" }) },
	function read_items({ q }) {
		return q ? { items, q } : { items };
	},
);
