import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({ name: z.string(), description: z.string() })
	.meta({ id: "Item" });

const items = [
	{ name: "Foo", description: "There comes my hero" },
	{ name: "Red", description: "It's my aeroplane" },
];

app.get({ path: "/items/", response: z.array(Item) }, function read_items() {
	return items;
});
