import Fastify from "fastify";
import fp from "fastify-plugin";
import { Resource } from "../resource.ts";

declare module "fastify" {
	interface FastifyInstance {
		database: Resource;
		queue: Resource;
	}
}

function resourcePlugin(name: "database" | "queue") {
	return fp(async (app) => {
		const resource = await Resource.acquire(name);
		app.decorate(name, resource);
		app.addHook("onClose", () => resource.release());
	});
}

const app = Fastify();
app.register(resourcePlugin("database"));
app.register(resourcePlugin("queue"));

await app.ready();
app.database.use("script");
await app.close();
