import { App, Cookie } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Cookies = z.object({
	session_id: z.string(),
	fatebook_tracker: z.string().nullish(),
	googall_tracker: z.string().nullish(),
});

app.get(
	"/items/",
	{ cookies: Cookie(Cookies) },
	function read_items({ cookies }) {
		return cookies;
	},
);
