import { App, Form } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const FormData = z
	.strictObject({ username: z.string(), password: z.string() })
	.meta({ id: "FormData" });

app.post("/login/", { data: Form(FormData) }, function login({ data }) {
	return data;
});
