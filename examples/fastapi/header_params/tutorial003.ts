import { App, Header } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/items/",
	{ x_token: Header(z.array(z.string()).nullish()) },
	function read_items({ x_token }) {
		return { "X-Token values": x_token };
	},
);
