import { App, Body } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.put(
	"/items/{item_id}",
	{
		item_id: z.uuid(),
		start_datetime: Body(z.date()),
		end_datetime: Body(z.date()),
		process_after: Body(z.iso.duration()),
		repeat_at: Body(z.iso.time().nullish()),
	},
	function read_items({ process_after, ...values }) {
		const delay = Temporal.Duration.from(process_after).total("milliseconds");
		const start_process = new Date(values.start_datetime.getTime() + delay);
		const duration = values.end_datetime.getTime() - start_process.getTime();
		return {
			...values,
			process_after: delay / 1000,
			start_process,
			duration: duration / 1000,
		};
	},
);
