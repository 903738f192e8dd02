import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { HTTPException } from "vivace";
import { database, isDuplicateKey, pgPool } from "vivace/database";
import type { CursorPart, ListPart } from "vivace/pagination";
import { type Prisma, PrismaClient } from "./dist/client.ts";
import { prismaUnit } from "./prisma-unit.ts";

/** Connects before the first request and closes after the last. */
export const bank = database<object>(() => process.env.DATABASE_URL ?? "");

/** `db` is the request's transaction wherever it is used, and the database outside of one; `unit` is for those who need one. */
export const { db, unit } = prismaUnit(
	bank,
	new PrismaClient({ adapter: new PrismaPg(pgPool(bank, Pool)) }),
);

export async function openAccount(id: number, balance: number): Promise<void> {
	try {
		await db.account.create({ data: { id, balance } });
	} catch (error) {
		if (isDuplicateKey(error)) {
			throw new HTTPException(409, `There is an account ${id}`);
		}
		throw error;
	}
}

export async function addTo(id: number, amount: number): Promise<void> {
	const [account] = await db.account.updateManyAndReturn({
		where: { id },
		data: { balance: { increment: amount } },
	});
	if (account === undefined) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	if (account.balance < 0) {
		throw new HTTPException(409, `Account ${id} has too little`);
	}
}

export async function balanceOf(id: number): Promise<number> {
	const account = await db.account.findUnique({ where: { id } });
	if (account === null) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	return account.balance;
}

/** A part of the accounts, for a page of them. */
export async function readAccounts(
	part: ListPart,
): Promise<{ id: number; balance: number }[]> {
	return db.account.findMany({
		orderBy: { id: "asc" },
		skip: part.offset,
		take: part.limit,
	});
}

export async function countAccounts(): Promise<number> {
	return db.account.count();
}

const operators = { "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" } as const;

/** A part of the accounts in an order of their columns, for a page by cursors. */
export async function readRanking(
	part: CursorPart<"id" | "balance">,
): Promise<{ id: number; balance: number }[]> {
	const condition = part.where<Prisma.AccountWhereInput>({
		and: (all) => ({ AND: all }),
		or: (any) => ({ OR: any }),
		compare: (column, operator, value) => ({
			[column]: { [operators[operator]]: value },
		}),
	});
	return db.account.findMany({
		where: condition ?? {},
		orderBy: part.order.map(({ column, direction }) => ({
			[column]: direction,
		})),
		take: part.limit,
	});
}
