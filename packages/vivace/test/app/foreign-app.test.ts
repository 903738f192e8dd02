import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { App, type Middleware, Router } from "../../src/index.ts";

/** An app as JavaScript sees it: nobody checks what is called. */
interface ForeignApp {
	include(...values: unknown[]): unknown;
	use(...values: unknown[]): unknown;
	listen(port: number): unknown;
	all(path: string, handler: () => unknown): unknown;
	register(plugin: () => unknown): unknown;
	inject(request: object): unknown;
}

function call(of: object, name: string, ...values: unknown[]): unknown {
	return Reflect.get(of, name).apply(of, values);
}

const foreign = () => new App() as unknown as ForeignApp;
const router = new Router();
const passing: Middleware = (request, next) => next(request);

suite("an app that is used as one of another framework says what to write", () => {
	const uses: readonly (readonly [said: string, use: () => unknown])[] = [
		[
			'VIV_ROUTE: include(): the router comes first; write include(router, { prefix: "/a" }).',
			() => foreign().include("/a", router),
		],
		[
			"VIV_OPTION: app.use(): a Router is no middleware; write app.include(router).",
			() => foreign().use(router),
		],
		[
			'VIV_OPTION: app.use(): a Router is no middleware; write app.include(router, { prefix: "/a" }).',
			() => foreign().use("/a", router),
		],
		[
			"VIV_OPTION: app.use(): middleware has no path here",
			() => foreign().use("/a", passing),
		],
		[
			"VIV_OPTION: app.use(): expected a function (request, next) => response, got number.",
			() => foreign().use(3),
		],
		[
			"VIV_ROUTE: app.listen(): there is none; write await serve(app, { port: 3000 })",
			() => foreign().listen(3000),
		],
		[
			'VIV_ROUTE: app.all(): there is none; write app.route(["GET", "POST"], "/path", handler)',
			() => foreign().all("/a", () => 1),
		],
		[
			"VIV_ROUTE: app.register(): there is none; write app.include(router, { prefix })",
			() => foreign().register(() => {}),
		],
		[
			"VIV_ROUTE: app.inject(): there is none; write await TestClient.start(app)",
			() => foreign().inject({}),
		],
		[
			"VIV_ROUTE: app.addHook(): there is none; write a dependency",
			() => call(new App(), "addHook"),
		],
		[
			"VIV_ROUTE: app.enableCors(): there is none; write app.use(cors(",
			() => call(new App(), "enableCors"),
		],
		[
			"VIV_ROUTE: app.include_router(): there is none; write app.include(router, { prefix })",
			() => call(new App(), "include_router"),
		],
		[
			"VIV_ROUTE: use(): a Router has none; write new Router({ routeMiddleware: [middleware] })",
			() => call(new Router(), "use"),
		],
		[
			"VIV_ROUTE: exceptionHandler(): a Router has none; write app.exceptionHandler(…)",
			() => call(new Router(), "exceptionHandler"),
		],
		[
			"VIV_ROUTE: app.dependency_overrides: there are none; write app.overrides.set(",
			() => Reflect.get(new App(), "dependency_overrides"),
		],
		[
			'VIV_ROUTE: route(): expected a list of methods such as ["GET", "HEAD"] as first argument, got "/api"; for the routes of a router write app.include(router, { prefix: "/api" })',
			() => call(new App(), "route", "/api", router),
		],
	];
	for (const [said, use] of uses) {
		test(said, () => {
			assert.throws(use, { message: new RegExp(`^${RegExp.escape(said)}`) });
		});
	}

	test("a class may have such a method of its own", () => {
		class Shop extends App {
			listen(): string {
				return "its own";
			}
		}
		assert.equal(new Shop().listen(), "its own");
	});
});
