import { AsyncLocalStorage } from "node:async_hooks";
import { defineEntity, type InferEntity, p } from "@mikro-orm/core";
import {
	type EntityManager,
	type FilterQuery,
	LockMode,
	MikroORM,
	PostgreSqlDriver,
} from "@mikro-orm/postgresql";
import { PostgresDialect } from "kysely";
import { Pool } from "pg";
import { type Dependency, dependency, HTTPException } from "vivace";
import { database, pgPool, session } from "vivace/database";
import type { CursorPart } from "vivace/pagination";

export const Account = defineEntity({
	name: "Account",
	properties: {
		id: p.integer().primary(),
		balance: p.integer(),
	},
});
export type Account = InferEntity<typeof Account>;

/** Connects before the first request and closes after the last. */
export const bank = database<object>(() => process.env.DATABASE_URL ?? "");

/** The entity manager of the request that is running. */
const current = new AsyncLocalStorage<EntityManager>();

/** Its statements run on the bank's connections, in the session of the code that runs them. */
export const orm: Dependency<MikroORM, "app"> = dependency(
	{ bank },
	async function* orm({ bank }) {
		const orm = await MikroORM.init({
			driver: PostgreSqlDriver,
			// where its connections lead is the bank's affair
			dbName: "bank",
			ensureDatabase: false,
			driverOptions: new PostgresDialect({ pool: pgPool(bank, Pool) }),
			entities: [Account],
			// the global manager means the request's, wherever it is used
			context: () => current.getStore(),
		});
		yield orm;
		await orm.close();
	},
	{ scope: "app" },
);

/** A manager for each request, whose changes are written before the session that it works in is stored. */
export const entities: Dependency<EntityManager, "function"> = dependency(
	{ orm, own: session(bank) },
	async function* entities({ orm }) {
		const manager = orm.em.fork();
		await manager.begin(); // on the server it begins with the first statement that writes or locks
		try {
			yield manager;
			await manager.commit(); // writes first what has changed
		} catch (error) {
			await manager.rollback();
			throw error;
		}
	},
	{ scope: "function", around: (manager, next) => current.run(manager, next) },
);

/** Gets the app's manager, which is the request's here. */
export async function addTo(
	manager: EntityManager,
	id: number,
	amount: number,
): Promise<void> {
	// the sum is made here, so nobody else may change the balance meanwhile
	const account = await accountOf(manager, id, LockMode.PESSIMISTIC_WRITE);
	account.balance += amount;
	if (account.balance < 0) {
		throw new HTTPException(409, `Account ${id} has too little`);
	}
}

export async function accountOf(
	manager: EntityManager,
	id: number,
	lockMode: LockMode = LockMode.NONE,
): Promise<Account> {
	const found = await manager.findOne(Account, id, { lockMode });
	if (found === null) {
		throw new HTTPException(404, `There is no account ${id}`);
	}
	return found;
}

const operators = {
	"<": "$lt",
	"<=": "$lte",
	">": "$gt",
	">=": "$gte",
} as const;

/** A part of the accounts in an order of their columns, for a page by cursors. */
export async function readRanking(
	manager: EntityManager,
	part: CursorPart<"id" | "balance">,
): Promise<Account[]> {
	const condition = part.where<FilterQuery<Account>>({
		and: (all) => ({ $and: all }),
		or: (any) => ({ $or: any }),
		compare: (column, operator, value) => ({
			[column]: { [operators[operator]]: value },
		}),
	});
	return manager.find(Account, condition ?? {}, {
		orderBy: part.order.map(({ column, direction }) => ({
			[column]: direction,
		})),
		limit: part.limit,
	});
}
