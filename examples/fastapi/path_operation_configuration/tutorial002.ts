import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().nullish(),
		tags: z.set(z.string()).default(new Set()),
	})
	.meta({ id: "Item" });

app.post(
	{ path: "/items/", response: Item, tags: ["items"] },
	{ item: Item },
	function create_item({ item }) {
		return item;
	},
);

app.get({ path: "/items/", tags: ["items"] }, function read_items() {
	return [{ name: "Foo", price: 42 }];
});

app.get({ path: "/users/", tags: ["users"] }, function read_users() {
	return [{ username: "johndoe" }];
});
