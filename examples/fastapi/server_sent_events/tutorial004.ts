import { App, EventSourceResponse, Header, ServerSentEvent } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const items = [
	{ name: "Plumbus", price: 32.99 },
	{ name: "Portal Gun", price: 999.99 },
	{ name: "Meeseeks Box", price: 49.99 },
];

app.get(
	{ path: "/items/stream", responseClass: EventSourceResponse },
	{ last_event_id: Header(z.int().nullish()) },
	async function* stream_items({ last_event_id }) {
		const seen = last_event_id ?? -1;
		for (const [index, data] of items.entries()) {
			if (index > seen) {
				yield new ServerSentEvent({ data, id: String(index) });
			}
		}
	},
);
