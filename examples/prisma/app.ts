import { App } from "vivace";
import { retryConflicts } from "vivace/database";
import { cursorPageOf, pageOf } from "vivace/pagination";
import { z } from "zod";
import {
	addTo,
	balanceOf,
	bank,
	countAccounts,
	openAccount,
	readAccounts,
	readRanking,
	unit,
} from "./accounts.ts";

const Account = z
	.object({ id: z.int(), balance: z.int() })
	.meta({ id: "Account" });
const pages = pageOf(Account);
const ranking = cursorPageOf(Account, { key: "id" });

export const app = new App({
	title: "Accounts, with Prisma",
	resources: [bank],
	routeMiddleware: [retryConflicts()],
});

app.post(
	{ path: "/accounts", status: 201 },
	{ id: z.int(), balance: z.int().min(0) },
	({ id, balance }) => openAccount(id, balance),
);

app.get(
	{ path: "/accounts", response: pages.schema },
	{ paging: pages.params },
	({ paging }) =>
		pages.paginate(readAccounts, paging, { total: countAccounts }),
);

app.get(
	{ path: "/ranking", response: ranking.schema },
	{ paging: ranking.params },
	({ paging }) =>
		ranking.paginate(readRanking, paging, { orderBy: [["balance", "desc"]] }),
);

app.get("/accounts/{id}", { id: z.int() }, async ({ id }) => ({
	id,
	balance: await balanceOf(id),
}));

app.post(
	{ path: "/transfers", dependencies: [unit] },
	{ from: z.int(), to: z.int(), amount: z.int().min(1) },
	async ({ from, to, amount }) => {
		await addTo(to, amount);
		await addTo(from, -amount);
	},
);
