import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [
	{ item_name: "Foo" },
	{ item_name: "Bar" },
	{ item_name: "Baz" },
];

app.get(
	"/items/",
	{ skip: z.int().default(0), limit: z.int().default(10) },
	function read_item({ skip, limit }) {
		return items.slice(skip, skip + limit);
	},
);
