import { App, EventSourceResponse, ServerSentEvent } from "vivace";

export const app = new App({ title: "FastAPI" });

const logs = [
	"2025-01-01 INFO  Application started",
	"2025-01-01 DEBUG Connected to database",
	"2025-01-01 WARN  High memory usage detected",
];

app.get(
	{ path: "/logs/stream", responseClass: EventSourceResponse },
	async function* stream_logs() {
		for (const rawData of logs) {
			yield new ServerSentEvent({ rawData });
		}
	},
);
