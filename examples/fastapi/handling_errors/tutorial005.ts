import { App, JSONResponse, jsonCompatible } from "vivace";
import { RequestValidationError } from "vivace/exceptions";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.exceptionHandler(RequestValidationError, (_request, { errors, body }) => {
	const content = jsonCompatible({ detail: errors, body });
	return new JSONResponse(content, { status: 422 });
});

const Item = z
	.object({ title: z.string(), size: z.int() })
	.meta({ id: "Item" });

app.post("/items/", { item: Item }, function create_item({ item }) {
	return item;
});
