import { App } from "vivace";
import { z } from "zod";

const Item = z
	.object({ name: z.string(), description: z.string().nullish() })
	.meta({ id: "Item" });

export const app = new App({
	title: "FastAPI",
	separateInputOutputSchemas: false,
});

app.post("/items/", { item: Item }, function create_item({ item }) {
	return item;
});

app.get({ path: "/items/", response: z.array(Item) }, function read_items() {
	return [
		{
			name: "Portal Gun",
			description: "Device to travel through the multi-rick-verse",
		},
		{ name: "Plumbus" },
	];
});
