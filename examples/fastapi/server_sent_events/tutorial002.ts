import { App, EventSourceResponse, ServerSentEvent } from "vivace";

export const app = new App({ title: "FastAPI" });

const items = [
	{ name: "Plumbus", price: 32.99 },
	{ name: "Portal Gun", price: 999.99 },
	{ name: "Meeseeks Box", price: 49.99 },
];

app.get(
	{ path: "/items/stream", responseClass: EventSourceResponse },
	async function* stream_items() {
		yield new ServerSentEvent({ comment: "stream of item updates" });
		for (const [index, data] of items.entries()) {
			const id = String(index + 1);
			yield new ServerSentEvent({
				data,
				event: "item_update",
				id,
				retry: 5000,
			});
		}
	},
);
