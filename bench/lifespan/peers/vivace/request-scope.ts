import { setTimeout as wait } from "node:timers/promises";
import {
	App,
	dependency,
	JSONResponse,
	StreamingResponse,
	serve,
} from "vivace";
import { chunkMs, port, Session } from "../resource.ts";

const session = dependency(async function* () {
	const session = new Session();
	try {
		yield session;
		await session.commit();
	} catch (error) {
		await session.rollback();
		throw error;
	} finally {
		session.close();
	}
});

// for writes: committed before the answer leaves
const transaction = dependency(
	async function* () {
		const session = new Session();
		try {
			yield session;
			await session.commit();
		} catch (error) {
			await session.rollback();
			throw error;
		} finally {
			session.close();
		}
	},
	{ scope: "function" },
);

const app = new App();

app.get("/", () => "ready");

app.post("/write", { transaction }, ({ transaction }) => {
	transaction.use("write");
	return { written: true };
});

app.post("/conflict", { transaction }, ({ transaction }) => {
	transaction.use("write");
	return new JSONResponse({ detail: "exists" }, { status: 409 });
});

app.get("/export", { session }, ({ session }) => {
	async function* rows() {
		for (let row = 1; row <= 5; row += 1) {
			session.use(`row ${row}`);
			yield `${row}\n`;
			await wait(chunkMs);
		}
	}
	return new StreamingResponse(rows());
});

await serve(app, { port });
