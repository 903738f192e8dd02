import { App, Form, serve, UploadFile } from "vivace";
import { z } from "zod";

const unlimited = { formBytes: Number.POSITIVE_INFINITY };
const Note = z.object({ title: z.string(), text: z.string(), tag: z.string() });

const app = new App();

app.get("/hello", () => ({ message: "Hello, world!" }));

app.post("/stream", async (_, request) => {
	let bytes = 0;
	for await (const part of request.parts()) {
		for await (const chunk of part.body) {
			bytes += chunk.length;
		}
	}
	return { bytes };
});

app.post(
	{ path: "/spool", limits: unlimited },
	{ file: UploadFile },
	({ file }) => ({ bytes: file.size }),
);

app.post(
	"/login",
	{ username: Form(z.string()), password: Form(z.string()) },
	({ username }) => ({ username }),
);

app.post("/note", { note: Form(Note) }, ({ note }) => ({ title: note.title }));

await serve(app, { port: Number(process.env.PORT) });
