import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { App, Body, type Middleware } from "vivace";
import { z } from "zod";

const maxOutputLength = 10_000_000; // a few bytes can stand for gigabytes

const gunzipBody: Middleware = async (request, next) => {
	if (request.header("content-encoding") === "gzip") {
		const bytes = await request.bytes();
		request.replaceBody(await promisify(gunzip)(bytes, { maxOutputLength }));
	}
	return next(request);
};

export const app = new App({
	title: "FastAPI",
	routeMiddleware: [gunzipBody],
});

app.post(
	"/sum",
	{ numbers: Body(z.array(z.int())) },
	function sum_numbers({ numbers }) {
		return { sum: numbers.reduce((sum, number) => sum + number, 0) };
	},
);
