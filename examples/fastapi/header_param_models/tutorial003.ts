import { App, Header } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const CommonHeaders = z.object({
	host: z.string(),
	save_data: z.boolean(),
	if_modified_since: z.string().nullish(),
	traceparent: z.string().nullish(),
	x_tag: z.array(z.string()).default([]),
});

app.get(
	"/items/",
	{ headers: Header(CommonHeaders, { convertUnderscores: false }) },
	function read_items({ headers }) {
		return headers;
	},
);
