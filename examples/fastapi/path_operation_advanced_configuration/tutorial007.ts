import { App, HTTPException, validate } from "vivace";
import { toJsonSchema } from "vivace/schemas";
import { parse } from "yaml";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Item = z
	.object({ name: z.string(), tags: z.array(z.string()) })
	.meta({ id: "Item" });

function parseYaml(text: string): unknown {
	try {
		return parse(text);
	} catch (cause) {
		throw new HTTPException(422, "Invalid YAML", { cause });
	}
}

app.post(
	{
		path: "/items/",
		openapiExtra: {
			requestBody: {
				content: { "application/x-yaml": { schema: toJsonSchema(Item) } },
				required: true,
			},
		},
	},
	async function create_item(_values, request) {
		return validate(Item, parseYaml(await request.text()));
	},
);
