import { App, HTTPException, PlainTextResponse } from "vivace";
import { RequestValidationError } from "vivace/exceptions";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.exceptionHandler(
	HTTPException,
	(_request, { detail, status }) =>
		new PlainTextResponse(String(detail), { status }),
);

app.exceptionHandler(RequestValidationError, (_request, { errors }) => {
	const lines = errors.map(({ loc, msg }) => {
		const field = loc.map((part) => JSON.stringify(part).replaceAll('"', "'"));
		return `Field: (${field.join(", ")}), Error: ${msg}`;
	});
	const message = ["Validation errors:", ...lines].join("\n");
	return new PlainTextResponse(message, { status: 400 });
});

app.get(
	"/items/{item_id}",
	{ item_id: z.int() },
	function read_item({ item_id }) {
		if (item_id === 3) {
			throw new HTTPException(418, "Nope! I don't like 3.");
		}
		return { item_id };
	},
);
