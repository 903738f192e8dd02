import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import Fastify from "fastify";
import { chunkMs, port, Session } from "../resource.ts";

declare module "fastify" {
	interface FastifyRequest {
		session: Session | undefined;
		hasFailed: boolean;
	}
}

const app = Fastify();
closeWithGrace({ logger: false }, async () => {
	await app.close();
});

app.get("/", () => "ready");

// hooks stand in for a session with exit code
app.register(async (app) => {
	app.decorateRequest("session", undefined);
	app.decorateRequest("hasFailed", false);
	app.addHook("preHandler", async (request) => {
		request.session = new Session();
	});
	app.addHook("onError", async (request) => {
		request.hasFailed = true;
		await request.session?.rollback();
	});
	app.addHook("onSend", async (request) => {
		if (!request.hasFailed) {
			await request.session?.commit();
		}
	});
	app.addHook("onResponse", async (request) => {
		request.session?.close();
	});

	app.post("/write", async (request) => {
		request.session?.use("write");
		return { written: true };
	});

	app.post("/conflict", async (request, reply) => {
		request.session?.use("write");
		return reply.code(409).send({ detail: "exists" });
	});

	app.get("/export", (request, reply) => {
		async function* rows() {
			for (let row = 1; row <= 5; row += 1) {
				request.session?.use(`row ${row}`);
				yield `${row}\n`;
				await wait(chunkMs);
			}
		}
		return reply.type("text/plain").send(Readable.from(rows()));
	});
});

await app.listen({ port, host: "127.0.0.1" });
