import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const FilterParams = z.strictObject({
	limit: z.int().gt(0).lte(100).default(100),
	offset: z.int().gte(0).default(0),
	order_by: z.literal(["created_at", "updated_at"]).default("created_at"),
	tags: z.array(z.string()).default([]),
});

app.get(
	"/items/",
	{ filter_query: Query(FilterParams) },
	function read_items({ filter_query }) {
		return filter_query;
	},
);
