import closeWithGrace from "close-with-grace";
import Fastify, { type FastifyInstance } from "fastify";
import { port, Resource } from "../resource.ts";

async function admin(app: FastifyInstance) {
	const inner = await Resource.acquire("inner");
	app.addHook("onClose", () => inner.release());
	app.get("/", () => inner.use("request"));
}

const app = Fastify();
closeWithGrace({ logger: false }, async () => {
	await app.close();
});
app.get("/", () => "ready");
app.register(admin, { prefix: "/admin" });

await app.listen({ port, host: "127.0.0.1" });
