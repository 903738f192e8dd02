import { App, HTTPException } from "vivace";
import { conflictHandler, DuplicateKeyError } from "vivace/database";
import { z } from "zod";
import { heroesIn, page } from "./heroes.ts";

const Hero = z
	.object({
		id: z.int().nullish(),
		name: z.string(),
		age: z.int().nullish(),
		secret_name: z.string(),
	})
	.meta({ id: "Hero" });

const database = heroesIn("database.db");

export const app = new App({ title: "FastAPI" });
// a client may send an id that is taken: FastAPI's program answers 500
app.exceptionHandler(DuplicateKeyError, conflictHandler());

app.post(
	{ path: "/heroes/", response: Hero },
	{ hero: Hero, database },
	function create_hero({ hero: { id, name, age, secret_name }, database }) {
		return database
			.insertInto("hero")
			.values({ id: id ?? undefined, name, age: age ?? null, secret_name })
			.returningAll()
			.executeTakeFirstOrThrow();
	},
);

app.get(
	{ path: "/heroes/", response: z.array(Hero) },
	{ page, database },
	function read_heroes({ page: { offset, limit }, database }) {
		return database
			.selectFrom("hero")
			.selectAll()
			.orderBy("id")
			.offset(offset)
			.limit(limit)
			.execute();
	},
);

app.get(
	{ path: "/heroes/{hero_id}", response: Hero },
	{ hero_id: z.int(), database },
	async function read_hero({ hero_id, database }) {
		const hero = await database
			.selectFrom("hero")
			.selectAll()
			.where("id", "=", hero_id)
			.executeTakeFirst();
		if (hero === undefined) {
			throw new HTTPException(404, "Hero not found");
		}
		return hero;
	},
);

app.delete(
	"/heroes/{hero_id}",
	{ hero_id: z.int(), database },
	async function delete_hero({ hero_id, database }) {
		const deleted = await database
			.deleteFrom("hero")
			.where("id", "=", hero_id)
			.executeTakeFirst();
		if (deleted.numDeletedRows === 0n) {
			throw new HTTPException(404, "Hero not found");
		}
		return { ok: true };
	},
);
