import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.use(async function addProcessTime(request, next) {
	const start = performance.now();
	const response = await next(request);
	const seconds = (performance.now() - start) / 1000;
	response.headers.set("X-Process-Time", String(seconds));
	return response;
});
