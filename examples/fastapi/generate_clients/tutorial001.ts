import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({ name: z.string(), price: z.number() })
	.meta({ id: "Item" });

const ResponseMessage = z
	.object({ message: z.string() })
	.meta({ id: "ResponseMessage" });

app.post(
	{ path: "/items/", response: ResponseMessage },
	{ item: Item },
	function create_item() {
		return { message: "item received" };
	},
);

app.get({ path: "/items/", response: z.array(Item) }, function get_items() {
	return [
		{ name: "Plumbus", price: 3 },
		{ name: "Portal Gun", price: 9001 },
	];
});
