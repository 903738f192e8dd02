import { eq, sql } from "drizzle-orm";
import { int, mysqlTable } from "drizzle-orm/mysql-core";
import type { MySql2Database } from "drizzle-orm/mysql2";
import { App, HTTPException } from "vivace";
import { z } from "zod";
import { database, statementsOf, transaction } from "./transaction.ts";

export const accounts = mysqlTable("account", {
	id: int().primaryKey(),
	balance: int().notNull(),
});

export const app = new App({ title: "Accounts, with Drizzle" });

app.post(
	{ path: "/accounts", status: 201 },
	{ id: z.int(), balance: z.int().min(0), database },
	async ({ id, balance, database }) => {
		await database.insert(accounts).values({ id, balance });
	},
);

app.get("/accounts/{id}", { id: z.int(), database }, async (values) => {
	const found = await values.database
		.select()
		.from(accounts)
		.where(eq(accounts.id, values.id));
	if (found[0] === undefined) {
		throw new HTTPException(404);
	}
	return found[0];
});

app.post(
	{ path: "/transfers", dependencies: [transaction] },
	{ from: z.int(), to: z.int(), amount: z.int().min(1), database },
	async ({ from, to, amount, database }) => {
		await add(database, to, amount);
		await add(database, from, -amount);
		const [payer] = await statementsOf(database)
			.select()
			.from(accounts)
			.where(eq(accounts.id, from));
		if (payer === undefined || payer.balance < 0) {
			throw new HTTPException(409, `Account ${from} has too little`);
		}
	},
);

async function add(database: MySql2Database, id: number, amount: number) {
	const [{ affectedRows }] = await statementsOf(database)
		.update(accounts)
		.set({ balance: sql`${accounts.balance} + ${amount}` })
		.where(eq(accounts.id, id));
	if (affectedRows === 0) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
}
