import { App, EventSourceResponse, ServerSentEvent } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Prompt = z.object({ text: z.string() }).meta({ id: "Prompt" });

app.post(
	{ path: "/chat/stream", responseClass: EventSourceResponse },
	{ prompt: Prompt },
	async function* stream_chat({ prompt }) {
		for (const data of prompt.text.match(/\S+/g) ?? []) {
			yield new ServerSentEvent({ data, event: "token" });
		}
		yield new ServerSentEvent({ rawData: "[DONE]", event: "done" });
	},
);
