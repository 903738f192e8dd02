import { App, Cookie } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{ ads_id: Cookie(z.string().nullish()) },
	function read_items({ ads_id }) {
		return { ads_id };
	},
);
