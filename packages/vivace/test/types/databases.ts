/** The type of a database in a record. Nothing here runs; `npm run types` is the test. */
import {
	type Database,
	database,
	session,
	withSession,
} from "../../src/database.ts";
import { App, dependency } from "../../src/index.ts";
import { exactly } from "./exactly.ts";

interface Tables {
	note: { id: number };
}

const notes = database<Tables>("sqlite::memory:");
const named = database<Tables>("sqlite::memory:", { name: "named" });
const sure = database<Tables>("sqlite::memory:", { optional: false });
const perhaps = database<Tables>("sqlite::memory:", { optional: true });
const counted = dependency({ perhaps }, ({ perhaps }) => {
	// @ts-expect-error it may be away
	perhaps.stats();
	return perhaps?.stats().inUse ?? 0;
});

const app = new App();
app.get("/", { notes, named, sure, perhaps, counted }, (values) => {
	exactly<Database<Tables>>()(values.notes);
	exactly<Database<Tables>>()(values.named);
	exactly<Database<Tables>>()(values.sure);
	exactly<Database<Tables> | undefined>()(values.perhaps);
	exactly<number>()(values.counted);
});
app.get("/session", { own: session(notes) }, ({ own }) =>
	own.db.selectFrom("note").select("id").execute(),
);
// @ts-expect-error a session needs a database that is there
session(perhaps);
void withSession(perhaps, ({ db }) =>
	db.selectFrom("note").selectAll().execute(),
);
