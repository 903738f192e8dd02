import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({ name: z.string(), price: z.number() })
	.meta({ id: "Item" });

const ResponseMessage = z
	.object({ message: z.string() })
	.meta({ id: "ResponseMessage" });

const User = z
	.object({ username: z.string(), email: z.string() })
	.meta({ id: "User" });

app.post(
	{ path: "/items/", response: ResponseMessage, tags: ["items"] },
	{ item: Item },
	function create_item() {
		return { message: "Item received" };
	},
);

app.get(
	{ path: "/items/", response: z.array(Item), tags: ["items"] },
	function get_items() {
		return [
			{ name: "Plumbus", price: 3 },
			{ name: "Portal Gun", price: 9001 },
		];
	},
);

app.post(
	{ path: "/users/", response: ResponseMessage, tags: ["users"] },
	{ user: User },
	function create_user() {
		return { message: "User received" };
	},
);
