import { node } from "@elysiajs/node";
import { Elysia } from "elysia";
import { port, Resource } from "../resource.ts";

let inner: Resource | undefined;

const admin = new Elysia({ prefix: "/admin" })
	.onStart(async () => {
		inner = await Resource.acquire("inner");
	})
	.onStop(async () => {
		const resource = inner;
		inner = undefined; // on Node it is called again after it has awaited something
		await resource?.release();
	})
	.get("/", () => inner?.use("request"));

new Elysia({ adapter: node() })
	.get("/", () => "ready")
	.use(admin)
	.listen({ port, hostname: "127.0.0.1" }, (server) => {
		process.on("SIGTERM", () => server.stop());
	});
