import formbody from "@fastify/formbody";
import multipart from "@fastify/multipart";
import Fastify from "fastify";

const app = Fastify({ bodyLimit: Number.MAX_SAFE_INTEGER });
await app.register(formbody);
await app.register(multipart, {
	limits: { fileSize: Number.MAX_SAFE_INTEGER },
});

const text = { type: "string" } as const;

app.get("/hello", () => ({ message: "Hello, world!" }));

app.post("/stream", async (request) => {
	let bytes = 0;
	for await (const part of request.parts()) {
		if (part.type === "file") {
			for await (const chunk of part.file) {
				bytes += (chunk as Uint8Array).length;
			}
		}
	}
	return { bytes };
});

app.post("/spool", async (request) => {
	await request.saveRequestFiles();
	const [file] = request.savedRequestFiles ?? [];
	return { bytes: file?.file.bytesRead ?? 0 };
});

app.post<{ Body: { username: string; password: string } }>(
	"/login",
	{
		schema: {
			body: {
				type: "object",
				required: ["username", "password"],
				properties: { username: text, password: text },
			},
			response: { 200: { type: "object", properties: { username: text } } },
		},
	},
	async ({ body }) => ({ username: body.username }),
);

app.post("/note", async (request) => {
	const note: Record<string, unknown> = {};
	for await (const part of request.parts()) {
		if (part.type === "field") {
			note[part.fieldname] = part.value;
		}
	}
	return { title: note.title };
});

await app.listen({ port: Number(process.env.PORT) });
