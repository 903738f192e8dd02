import { node } from "@elysiajs/node";
import { Elysia } from "elysia";
import { port, Resource } from "../resource.ts";

let inner: Resource | undefined;

const admin = new Elysia({ prefix: "/admin" })
	.onStart(async () => {
		inner = await Resource.acquire("inner");
	})
	.onStop(async () => {
		await inner?.release();
	})
	.get("/", () => inner?.use("request"));

const app = new Elysia({ adapter: node() })
	.get("/", () => "ready")
	.use(admin)
	.listen({ port, hostname: "127.0.0.1" });

process.on("SIGTERM", async () => {
	await app.stop();
	process.exit(0);
});
