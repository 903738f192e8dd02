import { SetupError } from "../errors/setup-error.ts";

const hooks =
	"write a dependency for what routes need, app.use(async (request, next) => …) for what stands around all of them";
const errorHandlers =
	"write app.exceptionHandler(Error, (request, error) => response), or a class of errors or a status in place of Error";
const values =
	'write a dependency for what handlers need: dependency(async function* () { … }, { scope: "app" })';
const methods =
	'write app.route(["GET", "POST"], "/path", handler), or app.mount("/path", target) for every request below a path';
const sockets = 'write app.websocket("/path", async ({ … }, socket) => …)';
const corsMiddleware =
	'write app.use(cors({ allowOrigins: ["https://a.example"] })), with cors imported from vivace/middleware';

/** Methods that apps of Express, Fastify, NestJS, Hono and FastAPI have, and what to write here. */
const foreignMethods: Readonly<Record<string, string>> = {
	listen:
		"write await serve(app, { port: 3000 }), with serve imported from vivace",
	all: methods,
	any: methods,
	del: 'write app.delete("/path", handler)',
	param: "write a dependency that reads the parameter",
	engine: "write templates(folder), of vivace/templates",
	ws: sockets,
	register:
		"write app.include(router, { prefix }) for routes; what plugins add to others is a dependency here: dependency(async function* () { … })",
	inject: "write await TestClient.start(app), of vivace/testing",
	addHook: hooks,
	decorate: values,
	decorateRequest: values,
	setErrorHandler: errorHandlers,
	setNotFoundHandler:
		"write app.exceptionHandler(404, (request, error) => response)",
	ready: "write await app.start(), which serve() and TestClient do themselves",
	onError: errorHandlers,
	notFound: "write app.exceptionHandler(404, (request, error) => response)",
	basePath: "write new Router({ prefix })",
	enableCors: corsMiddleware,
	useGlobalPipes: "the schemas of a record validate by themselves",
	useGlobalGuards: "write new App({ dependencies: [guard] })",
	useGlobalInterceptors: hooks,
	useGlobalFilters: errorHandlers,
	setGlobalPrefix: "write app.include(router, { prefix })",
	include_router: "write app.include(router, { prefix })",
	add_middleware: "write app.use(middleware)",
	middleware: "write app.use(async (request, next) => …)",
	exception_handler: errorHandlers,
	add_exception_handler: errorHandlers,
	add_api_route: 'write app.get("/path", { … }, handler)',
	api_route: methods,
	on_event: "write new App({ lifespan: async function* () { … yield; … } })",
	url_path_for: "write app.urlPathFor(name, values)",
};

/** Those that an App has and a Router has not. */
const methodsOfApps: Readonly<Record<string, string>> = {
	use: "write new Router({ routeMiddleware: [middleware] }) for its routes alone, or app.use(middleware) for every request",
	exceptionHandler: "write app.exceptionHandler(…), for all routes of the app",
};

/**
 * Lets an app or a router that is used as one of another framework say what to write here, rather than that `listen` is not a function. They
 * stand in no type: the compiler refuses them.
 *
 * @param prototype of routers, which apps inherit
 */
export function tellForeignMethods(prototype: object): void {
	for (const [name, remedy] of Object.entries(foreignMethods)) {
		tellMethod(prototype, name, `app.${name}(): there is none; ${remedy}.`);
	}
	for (const [name, remedy] of Object.entries(methodsOfApps)) {
		tellMethod(prototype, name, `${name}(): a Router has none; ${remedy}.`);
	}
	Object.defineProperty(prototype, "dependency_overrides", {
		configurable: true,
		get() {
			throw new SetupError(
				"VIV_ROUTE",
				"app.dependency_overrides: there are none; write app.overrides.set(dependency, replacement).",
			);
		},
	});
}

function tellMethod(prototype: object, name: string, message: string): void {
	Object.defineProperty(prototype, name, {
		configurable: true,
		writable: true, // a class that has such a method of its own
		value() {
			throw new SetupError("VIV_ROUTE", message);
		},
	});
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
