import { App, dependency, Header, HTTPException } from "vivace";
import { z } from "zod";

const fakeSecretToken = "coneofsilence";

const Item = z
	.object({
		id: z.string(),
		title: z.string(),
		description: z.string().nullish(),
	})
	.meta({ id: "Item" });

const fakeDb = new Map<string, z.infer<typeof Item>>([
	["foo", { id: "foo", title: "Foo", description: "There goes my hero" }],
	["bar", { id: "bar", title: "Bar", description: "The bartenders" }],
]);

export const app = new App({ title: "FastAPI" });

const token = dependency({ x_token: Header(z.string()) }, ({ x_token }) => {
	if (x_token !== fakeSecretToken) {
		throw new HTTPException(400, "Invalid X-Token header");
	}
});

app.get(
	{ path: "/items/{item_id}", response: Item, dependencies: [token] },
	function read_main({ item_id }) {
		const item = fakeDb.get(item_id);
		if (item === undefined) {
			throw new HTTPException(404, "Item not found");
		}
		return item;
	},
);

app.post(
	{ path: "/items/", response: Item, dependencies: [token] },
	{ item: Item },
	function create_item({ item }) {
		if (fakeDb.has(item.id)) {
			throw new HTTPException(409, "Item already exists");
		}
		fakeDb.set(item.id, item);
		return item;
	},
);
