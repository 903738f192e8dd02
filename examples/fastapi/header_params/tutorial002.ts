import { App, Header } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{
		strange_header: Header(z.string().nullish(), { convertUnderscores: false }),
	},
	function read_items({ strange_header }) {
		return { strange_header };
	},
);
