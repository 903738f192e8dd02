import { SetupError } from "../errors/setup-error.ts";

/** Methods that apps of Express, Fastify and Hono have, and what to write here. */
const foreignMethods: Readonly<Record<string, string>> = {
	listen:
		"write await serve(app, { port: 3000 }), with serve imported from vivace",
	all: 'write app.route(["GET", "POST"], "/path", handler), or app.mount("/path", target) for every request below a path',
	register:
		"write app.include(router, { prefix }) for routes; what plugins add to others is a dependency here: dependency(async function* () { … })",
	inject: "write new TestClient(app), of vivace/testing",
};

/**
 * Lets an app that is used as one of another framework say what to write here, rather than that `listen` is not a function. They stand in
 * no type: the compiler refuses them.
 *
 * @param prototype of the class whose instances are used so
 */
export function tellForeignMethods(prototype: object): void {
	for (const [name, remedy] of Object.entries(foreignMethods)) {
		Object.defineProperty(prototype, name, {
			configurable: true,
			writable: true, // a class that has such a method of its own
			value() {
				throw new SetupError(
					"VIV_ROUTE",
					`app.${name}(): there is none; ${remedy}.`,
				);
			},
		});
	}
}

/** The remedy for a path that stands where the router does, as in Express. */
export function pathFirst(path: string): SetupError {
	return new SetupError(
		"VIV_ROUTE",
		`include(): the router comes first; write include(router, { prefix: ${JSON.stringify(path)} }).`,
	);
}

/**
 * The remedy for what `use` gets and is no middleware: a router, or a path before it as in Express.
 *
 * @param isRouter tells a router, which is no app, from anything else
 */
export function noMiddleware(
	layers: readonly unknown[],
	isRouter: (layer: unknown) => boolean,
): SetupError {
	const path = layers.find((layer) => typeof layer === "string");
	const prefix =
		path === undefined ? "" : `, { prefix: ${JSON.stringify(path)} }`;
	const wrong = layers.find((layer) => typeof layer !== "function");
	if (layers.some(isRouter)) {
		return refused(
			`a Router is no middleware; write app.include(router${prefix}).`,
		);
	}
	if (path !== undefined) {
		return refused(
			"middleware has no path here: it runs for every request; give routeMiddleware to a Router or a route, or look at request.url in it.",
		);
	}
	return refused(
		`expected a function (request, next) => response, got ${typeof wrong}.`,
	);
}

function refused(what: string): SetupError {
	return new SetupError("VIV_OPTION", `app.use(): ${what}`);
}
