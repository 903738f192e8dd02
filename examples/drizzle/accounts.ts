import {
	and,
	asc,
	type Column,
	desc,
	eq,
	gt,
	gte,
	lt,
	lte,
	or,
	type SQL,
	sql,
} from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { Pool } from "pg";
import { HTTPException } from "vivace";
import { database, isDuplicateKey, pgPool } from "vivace/database";
import type { CursorPart, ListPart } from "vivace/pagination";

export const accounts = pgTable("account", {
	id: integer().primaryKey(),
	balance: integer().notNull(),
});

/** Connects before the first request and closes after the last. */
export const bank = database<object>(() => process.env.DATABASE_URL ?? "");

/** Wherever it is used, its statements belong to the session of the request; in none each is stored by itself. */
export const db = drizzle({ client: pgPool(bank, Pool) });

export async function openAccount(id: number, balance: number): Promise<void> {
	try {
		await db.insert(accounts).values({ id, balance });
	} catch (error) {
		if (isDuplicateKey(error)) {
			throw new HTTPException(409, `There is an account ${id}`);
		}
		throw error;
	}
}

export async function addTo(id: number, amount: number): Promise<void> {
	const changed = await db
		.update(accounts)
		.set({ balance: sql`${accounts.balance} + ${amount}` })
		.where(eq(accounts.id, id))
		.returning({ balance: accounts.balance });
	const [account] = changed;
	if (account === undefined) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	if (account.balance < 0) {
		throw new HTTPException(409, `Account ${id} has too little`);
	}
}

export async function balanceOf(id: number): Promise<number> {
	const [account] = await db.select().from(accounts).where(eq(accounts.id, id));
	if (account === undefined) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	return account.balance;
}

type Account = typeof accounts.$inferSelect;

/** A part of the accounts, for a page of them. */
export async function readAccounts(part: ListPart): Promise<Account[]> {
	return db
		.select()
		.from(accounts)
		.orderBy(accounts.id)
		.limit(part.limit)
		.offset(part.offset);
}

export async function countAccounts(): Promise<number> {
	return db.$count(accounts);
}

const columns: Record<"id" | "balance", Column> = accounts;
const operators = { "<": lt, "<=": lte, ">": gt, ">=": gte };

/** A part of the accounts in an order of their columns, for a page by cursors. */
export async function readRanking(
	part: CursorPart<"id" | "balance">,
): Promise<Account[]> {
	const condition = part.where<SQL | undefined>({
		and: (all) => and(...all),
		or: (any) => or(...any),
		compare: (column, operator, value) =>
			operators[operator](columns[column], value),
	});
	const order = part.order.map(({ column, direction }) =>
		direction === "asc" ? asc(columns[column]) : desc(columns[column]),
	);
	return db
		.select()
		.from(accounts)
		.where(condition)
		.orderBy(...order)
		.limit(part.limit);
}
