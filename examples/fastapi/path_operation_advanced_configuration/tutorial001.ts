import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/items/", operationId: "some_specific_id_you_define" },
	function read_items() {
		return [{ item_id: "Foo" }];
	},
);
