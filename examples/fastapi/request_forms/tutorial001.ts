import { App, Form } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.post(
	"/login/",
	{ username: Form(z.string()), password: Form(z.string()) },
	function login({ username }) {
		return { username };
	},
);
