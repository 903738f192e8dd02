import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { stream } from "hono/streaming";
import { chunkMs, port, Session } from "../resource.ts";

const withSession = createMiddleware<{ Variables: { session: Session } }>(
	async (c, next) => {
		const session = new Session();
		c.set("session", session);
		try {
			await next();
			if (c.error) {
				await session.rollback();
			} else {
				await session.commit();
			}
		} finally {
			session.close();
		}
	},
);

const app = new Hono();

app.get("/", (c) => c.text("ready"));

app.post("/write", withSession, (c) => {
	c.var.session.use("write");
	return c.json({ written: true });
});

app.post("/conflict", withSession, (c) => {
	c.var.session.use("write");
	return c.json({ detail: "exists" }, 409);
});

app.get("/export", withSession, (c) => {
	const { session } = c.var;
	return stream(c, async (body) => {
		for (let row = 1; row <= 5; row += 1) {
			session.use(`row ${row}`);
			await body.write(`${row}\n`);
			await body.sleep(chunkMs);
		}
	});
});

const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
process.on("SIGTERM", () => {
	server.close(() => process.exit(0));
});
