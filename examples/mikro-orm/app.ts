import { App, HTTPException } from "vivace";
import { isDuplicateKey, retryConflicts } from "vivace/database";
import { cursorPageOf, pageOf } from "vivace/pagination";
import { z } from "zod";
import {
	Account,
	accountOf,
	addTo,
	entities,
	orm,
	readRanking,
} from "./accounts.ts";

const Item = z.object({ id: z.int(), balance: z.int() });
const pages = pageOf(Item, { name: "Accounts" });
const ranking = cursorPageOf(Item, { key: "id", name: "Ranking" });

export const app = new App({
	title: "Accounts, with MikroORM",
	routeMiddleware: [retryConflicts()],
});

app.post(
	{ path: "/accounts", status: 201 },
	{ id: z.int(), balance: z.int().min(0), entities },
	async ({ id, balance, entities }) => {
		entities.create(Account, { id, balance });
		try {
			await entities.flush(); // at the end it would be too late for an answer of our own
		} catch (error) {
			if (isDuplicateKey(error)) {
				throw new HTTPException(409, `There is an account ${id}`);
			}
			throw error;
		}
	},
);

app.get(
	{ path: "/accounts", response: pages.schema },
	{ paging: pages.params, entities },
	({ paging, entities }) =>
		pages.paginate(
			({ offset, limit }) =>
				entities.find(Account, {}, { orderBy: { id: "asc" }, offset, limit }),
			paging,
			{ total: () => entities.count(Account) },
		),
);

app.get(
	{ path: "/ranking", response: ranking.schema },
	{ paging: ranking.params, entities },
	({ paging, entities }) =>
		ranking.paginate((part) => readRanking(entities, part), paging, {
			orderBy: [["balance", "desc"]],
		}),
);

app.get("/accounts/{id}", { id: z.int(), entities }, ({ id, entities }) =>
	accountOf(entities, id),
);

app.post(
	{ path: "/transfers", dependencies: [entities] },
	{ from: z.int(), to: z.int(), amount: z.int().min(1), orm },
	async ({ from, to, amount, orm }) => {
		await addTo(orm.em, to, amount);
		await addTo(orm.em, from, -amount);
	},
);
