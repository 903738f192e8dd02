import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

function readMagicData(body: Uint8Array) {
	return {
		size: body.byteLength,
		content: {
			name: "Maaaagic",
			price: 42,
			description: "Just kiddin', no magic here. ✨",
		},
	};
}

app.post(
	{
		path: "/items/",
		openapiExtra: {
			requestBody: {
				content: {
					"application/json": {
						schema: {
							required: ["name", "price"],
							type: "object",
							properties: {
								name: { type: "string" },
								price: { type: "number" },
								description: { type: "string" },
							},
						},
					},
				},
				required: true,
			},
		},
	},
	async function create_item(_values, request) {
		return readMagicData(await request.bytes());
	},
);
