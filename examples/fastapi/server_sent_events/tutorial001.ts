import { App, EventSourceResponse } from "vivace";
import { z } from "zod";

export const app = new App({
	title: "FastAPI",
	responseClass: EventSourceResponse,
});

const Item = z
	.object({ name: z.string(), description: z.string().nullable() })
	.meta({ id: "Item" });

const items = [
	{ name: "Plumbus", description: "A multi-purpose household device." },
	{ name: "Portal Gun", description: "A portal opening device." },
	{ name: "Meeseeks Box", description: "A box that summons a Meeseeks." },
];

app.get({ path: "/items/stream", response: Item }, async function* sse_items() {
	yield* items;
});

app.get(
	{ path: "/items/stream-no-async", response: Item },
	function* sse_items_no_async() {
		yield* items;
	},
);

app.get(
	"/items/stream-no-annotation",
	async function* sse_items_no_annotation() {
		yield* items;
	},
);

app.get(
	"/items/stream-no-async-no-annotation",
	function* sse_items_no_async_no_annotation() {
		yield* items;
	},
);
