import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.post(
	{ path: "/items/", status: 201 },
	{ name: z.string() },
	function create_item({ name }) {
		return { name };
	},
);
