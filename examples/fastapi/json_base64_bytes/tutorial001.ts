import { App } from "vivace";
import { z } from "zod";

const Bytes = z.codec(
	z.base64().meta({ contentMediaType: "application/octet-stream" }),
	z.instanceof(Uint8Array),
	{
		decode: (text) => Uint8Array.from(Buffer.from(text, "base64")),
		encode: (bytes) => Buffer.from(bytes).toString("base64"),
	},
);

const data = { description: z.string(), data: Bytes };

const DataInput = z.object(data).meta({ id: "DataInput" });
const DataOutput = z.object(data).meta({ id: "DataOutput" });
const DataInputOutput = z.object(data).meta({ id: "DataInputOutput" });

export const app = new App({ title: "FastAPI" });

app.post("/data", { body: DataInput }, function post_data({ body }) {
	const content = new TextDecoder().decode(body.data);
	return { description: body.description, content };
});

app.get({ path: "/data", response: DataOutput }, function get_data() {
	return { description: "A plumbus", data: new TextEncoder().encode("hello") };
});

app.post(
	{ path: "/data-in-out", response: DataInputOutput },
	{ body: DataInputOutput },
	function post_data_in_out({ body }) {
		return body;
	},
);
