import { App, HTTPException } from "vivace";
import {
	httpExceptionHandler,
	RequestValidationError,
	requestValidationHandler,
} from "vivace/exceptions";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.exceptionHandler(HTTPException, (request, error) => {
	console.error(`OMG! An HTTP error!: ${error}`);
	return httpExceptionHandler(request, error);
});

app.exceptionHandler(RequestValidationError, (request, error) => {
	console.error(`OMG! The client sent invalid data!: ${error}`);
	return requestValidationHandler(request, error);
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
