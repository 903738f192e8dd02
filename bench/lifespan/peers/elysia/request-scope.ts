import { setTimeout as wait } from "node:timers/promises";
import { node } from "@elysiajs/node";
import { Elysia } from "elysia";
import { chunkMs, port, Session } from "../resource.ts";

const sessions = new Elysia()
	.resolve(() => ({ session: new Session() }))
	.onError(async ({ session }) => {
		await session?.rollback();
	})
	.onAfterHandle(({ session }) => session.commit())
	.onAfterResponse(({ session }) => session?.close())
	.as("scoped");

new Elysia({ adapter: node() })
	.get("/", () => "ready")
	.use(sessions)
	.post("/write", ({ session }) => {
		session.use("write");
		return { written: true };
	})
	.post("/conflict", ({ session, status }) => {
		session.use("write");
		return status(409, { detail: "exists" });
	})
	.get("/export", async function* ({ session }) {
		for (let row = 1; row <= 5; row += 1) {
			session.use(`row ${row}`);
			yield `${row}\n`;
			await wait(chunkMs);
		}
	})
	.listen({ port, hostname: "127.0.0.1" });
