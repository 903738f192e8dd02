import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
	App,
	HTTPException,
	type Middleware,
	PlainTextResponse,
	Response,
	StreamingResponse,
	serve,
} from "../../src/index.ts";

const wrong = [99, 103, 199, 600, 1000, 200.5, Number.NaN, "200" as never];

/** Ways in which an answer may get its status. */
const ways: Readonly<Record<string, (app: App, status: number) => void>> = {
	"a response that was made with it": (app, status) =>
		app.get("/", () => new Response("x", { status })),
	"a response whose status was set": (app, status) =>
		app.get("/", () => withStatus(new PlainTextResponse("x"), status)),
	"a stream whose status was set": (app, status) =>
		app.get("/", () => withStatus(new StreamingResponse(["x"]), status)),
	"the response that a handler asks for": (app, status) =>
		app.get("/", { response: Response }, ({ response }) => {
			response.status = status;
		}),
	"an exception": (app, status) =>
		app.get("/", () => {
			throw new HTTPException(status);
		}),
	"a middleware": (app, status) => {
		const layer: Middleware = async (request, next) =>
			withStatus(await next(request), status);
		app.use(layer);
		app.get("/", () => "x");
	},
};

function withStatus(response: Response, status: number): Response {
	response.status = status;
	return response;
}

/** A log that keeps its lines about answers that can't be sent. */
function logged() {
	const errors: unknown[] = [];
	const logger = {
		info() {},
		warn() {},
		error: (_: string, error: unknown) => errors.push(error),
	};
	return { errors, logger };
}

for (const [way, prepare] of Object.entries(ways)) {
	suite(`the status of ${way}`, () => {
		for (const status of wrong) {
			test(`${JSON.stringify(status)} is a 500 and a line in the log`, async () => {
				const { errors, logger } = logged();
				const app = new App({ logger });
				prepare(app, status);
				const response = await app.fetch(new Request("http://localhost/"));
				assert.equal(response.status, 500);
				assert.equal(await response.text(), "Internal Server Error");
				assert.equal(errors.length, 1);
				assert.match(
					String(errors[0]),
					/^RangeError: The status of an? \w+ must be a whole number from 200 to 599, got /,
				);
			});
		}

		test("599 is sent", async () => {
			const app = new App();
			prepare(app, 599);
			const response = await app.fetch(new Request("http://localhost/"));
			assert.equal(response.status, 599);
			await response.body?.cancel();
		});
	});
}

test("a server keeps its connection when an answer can't have its status", async () => {
	const { errors, logger } = logged();
	const app = new App({ logger });
	app.get("/", () => withStatus(new Response("x"), 103));
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: { ...logger, error() {} },
	});
	try {
		const response = await fetch(`http://127.0.0.1:${server.port}/`);
		assert.equal(response.status, 500);
		assert.equal(await response.text(), "Internal Server Error");
		assert.equal(errors.length, 1);
	} finally {
		await server.close();
	}
});
