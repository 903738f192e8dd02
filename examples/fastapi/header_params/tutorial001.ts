import { App, Header } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{ user_agent: Header(z.string().nullish()) },
	function read_items({ user_agent }) {
		return { "User-Agent": user_agent };
	},
);
