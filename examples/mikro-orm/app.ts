import type { EntityManager } from "@mikro-orm/sql";
import { App, HTTPException } from "vivace";
import { z } from "zod";
import { Account, entities, orm } from "./entity-manager.ts";

export const app = new App({ title: "Accounts, with MikroORM" });

app.post(
	{ path: "/accounts", status: 201 },
	{ id: z.int(), balance: z.int().min(0), entities },
	({ id, balance, entities }) => {
		entities.create(Account, { id, balance });
	},
);

app.get("/accounts/{id}", { id: z.int(), entities }, ({ id, entities }) =>
	account(entities, id),
);

app.post(
	{ path: "/transfers", dependencies: [entities] },
	{ from: z.int(), to: z.int(), amount: z.int().min(1), orm },
	async ({ from, to, amount, orm }) => {
		await add(orm.em, to, amount);
		await add(orm.em, from, -amount);
	},
);

/** Gets the app's manager, which is the request's here. */
async function add(manager: EntityManager, id: number, amount: number) {
	const found = await account(manager, id);
	found.balance += amount;
	if (found.balance < 0) {
		throw new HTTPException(409, `Account ${id} has too little`);
	}
}

async function account(manager: EntityManager, id: number): Promise<Account> {
	const found = await manager.findOne(Account, id);
	if (found === null) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	return found;
}
