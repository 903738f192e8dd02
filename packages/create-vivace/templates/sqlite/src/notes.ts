import { HTTPException, Router } from "vivace";
import { isDuplicateKey, session } from "vivace/database";
import { z } from "zod";
import { notes } from "./database.ts";

const NewNote = z.object({
	title: z.string().min(1).max(200),
	text: z.string().max(10_000).default(""),
});
const Note = NewNote.extend({ id: z.int() });

export const noteRoutes = new Router({ prefix: "/notes", tags: ["notes"] });

noteRoutes.get(
	{ path: "", response: z.array(Note) },
	{ limit: z.int().min(1).max(100).default(20), after: z.int().default(0) },
	async function list_notes({ limit, after }) {
		return notes.db
			.selectFrom("note")
			.selectAll()
			.where("id", ">", after)
			.orderBy("id")
			.limit(limit)
			.execute();
	},
);

noteRoutes.get(
	{ path: "/{note_id}", response: Note },
	{ note_id: z.int() },
	async function read_note({ note_id }) {
		const note = await notes.db
			.selectFrom("note")
			.selectAll()
			.where("id", "=", note_id)
			.executeTakeFirst();
		if (note === undefined) {
			throw new HTTPException(404, `There is no note ${note_id}`);
		}
		return note;
	},
);

// the session is a transaction: stored before the answer leaves, taken back when the handler throws
noteRoutes.post(
	{ path: "", response: Note, status: 201, dependencies: [session(notes)] },
	{ note: NewNote },
	async function create_note({ note }) {
		try {
			return await notes.db
				.insertInto("note")
				.values(note)
				.returningAll()
				.executeTakeFirstOrThrow();
		} catch (error) {
			if (isDuplicateKey(error)) {
				throw new HTTPException(409, `There is a note "${note.title}" already`);
			}
			throw error;
		}
	},
);
