import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI", strictContentType: false });

const Item = z
	.object({ name: z.string(), price: z.number() })
	.meta({ id: "Item" });

app.post("/items/", { item: Item }, function create_item({ item }) {
	return item;
});
