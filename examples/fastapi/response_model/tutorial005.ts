import { App, dependency, HTTPException, Path } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().default(10.5),
	})
	.meta({ id: "Item" });

const items = new Map<string, z.input<typeof Item>>([
	["foo", { name: "Foo", price: 50.2 }],
	[
		"bar",
		{ name: "Bar", description: "The Bar fighters", price: 62, tax: 20.2 },
	],
	[
		"baz",
		{ name: "Baz", description: "There goes my baz", price: 50.2, tax: 10.5 },
	],
]);

const item = dependency({ item_id: Path(z.string()) }, ({ item_id }) => {
	const found = items.get(item_id);
	if (found === undefined) {
		throw new HTTPException(404);
	}
	return found;
});

app.get(
	{
		path: "/items/{item_id}/name",
		response: Item,
		include: ["name", "description"],
	},
	{ item },
	function read_item_name({ item }) {
		return item;
	},
);

app.get(
	{ path: "/items/{item_id}/public", response: Item, exclude: ["tax"] },
	{ item },
	function read_item_public_data({ item }) {
		return item;
	},
);
