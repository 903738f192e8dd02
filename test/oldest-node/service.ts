// A service with a part of everything that the runtime does for a program; package.test.ts copies it into an empty project, and runs it there.
import { join } from "node:path";
import type { Generated } from "kysely";
import { App, dependency, EventSourceResponse, UploadFile } from "vivace";
import { database, type Migrations, session } from "vivace/database";
import { staticFiles } from "vivace/static";
import { z } from "zod";

interface Tables {
	note: { id: Generated<number>; text: string };
}

const migrations: Migrations = {
	"001_note": {
		up: (db) =>
			db.schema
				.createTable("note")
				.addColumn("id", "integer", (column) => column.primaryKey())
				.addColumn("text", "text", (column) => column.notNull())
				.execute(),
		down: (db) => db.schema.dropTable("note").execute(),
	},
};

const notes = database<Tables>(
	`sqlite:${join(import.meta.dirname, "notes.db")}`,
	{ migrations },
);

const clock = dependency(
	async function* clock() {
		yield { now: () => performance.now() };
		console.log("released the clock");
	},
	{ scope: "app" },
);

export const app = new App();

app.post(
	{ path: "/notes", status: 201, dependencies: [session(notes)] },
	{ text: z.string(), notes, clock },
	async ({ text, notes }) => {
		await notes.db.insertInto("note").values({ text }).execute();
		if (text === "refused") {
			throw new Error("of the test: nothing of it is kept");
		}
		return { text };
	},
);

app.get("/notes", { notes }, ({ notes }) =>
	notes.db.selectFrom("note").select("text").execute(),
);

app.post("/files", { file: UploadFile }, async ({ file }) => ({
	size: file.size,
	end: await file.slice(-2).text(),
}));

app.get(
	"/events",
	() =>
		new EventSourceResponse(
			(async function* () {
				yield { count: 1 };
				yield { count: 2 };
			})(),
		),
);

app.websocket("/echo", async (_values, socket) => {
	for await (const message of socket) {
		await socket.send(`you said ${message}`);
	}
});

app.mount("/static", staticFiles(import.meta.dirname));
