import { App, Body, HTTPException, type Middleware } from "vivace";
import { RequestValidationError } from "vivace/exceptions";
import { z } from "zod";

const showBody: Middleware = async (request, next) => {
	try {
		return await next(request);
	} catch (error) {
		if (!(error instanceof RequestValidationError)) {
			throw error;
		}
		const { errors } = error;
		throw new HTTPException(422, { errors, body: await request.text() });
	}
};

export const app = new App({ title: "FastAPI", routeMiddleware: [showBody] });

app.post(
	"/",
	{ numbers: Body(z.array(z.int())) },
	function sum_numbers({ numbers }) {
		return numbers.reduce((sum, number) => sum + number, 0);
	},
);
