import { App, JSONResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/items/", responseClass: JSONResponse },
	function read_items() {
		return [{ item_id: "Foo" }];
	},
);
