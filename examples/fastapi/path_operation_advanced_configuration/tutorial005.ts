import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/items/", openapiExtra: { "x-aperture-labs-portal": "blue" } },
	function read_items() {
		return [{ item_id: "portal-gun" }];
	},
);
