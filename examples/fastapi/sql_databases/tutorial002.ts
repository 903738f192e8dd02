import { App, HTTPException } from "vivace";
import { z } from "zod";
import { heroesIn, page } from "./heroes.ts";

const HeroBase = z.object({ name: z.string(), age: z.int().nullish() });

const HeroPublic = HeroBase.extend({ id: z.int() }).meta({ id: "HeroPublic" });

const HeroCreate = HeroBase.extend({ secret_name: z.string() }).meta({
	id: "HeroCreate",
});

const HeroUpdate = z
	.object({
		name: z.string().nullish(),
		age: z.int().nullish(),
		secret_name: z.string().nullish(),
	})
	.meta({ id: "HeroUpdate" });

const database = heroesIn("heroes.db");

export const app = new App({ title: "FastAPI" });

app.post(
	{ path: "/heroes/", response: HeroPublic },
	{ hero: HeroCreate, database },
	function create_hero({ hero, database }) {
		return database
			.insertInto("hero")
			.values({ ...hero, age: hero.age ?? null })
			.returningAll()
			.executeTakeFirstOrThrow();
	},
);

app.get(
	{ path: "/heroes/", response: z.array(HeroPublic) },
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
	{ path: "/heroes/{hero_id}", response: HeroPublic },
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

app.patch(
	{ path: "/heroes/{hero_id}", response: HeroPublic },
	{ hero_id: z.int(), hero: HeroUpdate, database },
	async function update_hero({ hero_id, hero, database }) {
		const updated = await database
			.updateTable("hero")
			.set({
				...hero,
				name: hero.name ?? undefined,
				secret_name: hero.secret_name ?? undefined,
			})
			.where("id", "=", hero_id)
			.returningAll()
			.executeTakeFirst();
		if (updated === undefined) {
			throw new HTTPException(404, "Hero not found");
		}
		return updated;
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
