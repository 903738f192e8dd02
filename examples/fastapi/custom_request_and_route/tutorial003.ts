import { App, type Middleware, Router } from "vivace";

const timing: Middleware = async (request, next) => {
	const before = performance.now();
	const response = await next(request);
	const seconds = (performance.now() - before) / 1000;
	response.headers.set("X-Response-Time", String(seconds));
	return response;
};

export const app = new App({ title: "FastAPI" });

const router = new Router({ routeMiddleware: [timing] });

app.get("/", function not_timed() {
	return { message: "Not timed" };
});

router.get("/timed", function timed() {
	return { message: "It's the time of my life" };
});

app.include(router);
