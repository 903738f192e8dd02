import { App, Query } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [{ item_id: "Foo" }, { item_id: "Bar" }];

app.get(
	"/items/",
	{
		q: Query(
			z
				.string()
				.min(3)
				.max(50)
				.regex(/^fixedquery$/)
				.nullish(),
			{
				alias: "item-query",
				title: "Query string",
				description:
					"Query string for the items to search in the database that have a good match",
				deprecated: true,
			},
		),
	},
	function read_items({ q }) {
		return q ? { items, q } : { items };
	},
);
