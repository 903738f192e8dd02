/**
 * The types of pages: those that the compiler infers, and programs that it must refuse. Nothing here runs: `npm run types` is the test, and
 * an error that does not come is an error itself.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import { App, type HTTPException, JSONResponse } from "../../src/index.ts";
import {
	type CursorPage,
	cursorPageOf,
	type Page,
	pageOf,
} from "../../src/pagination.ts";
import { exactly } from "./exactly.ts";

interface Tables {
	note: { id: number; text: string | null; entry_time: Date };
}
declare const db: Kysely<Tables>;
const app = new App();
const Note = z.object({ id: z.int(), entry_time: z.date() });
const notes = db.selectFrom("note").select(["id", "entry_time"]);
const params = { page: 1, size: 50 };

// the rows of a query are the items, the total follows the option
const pages = pageOf(Note);
exactly<Page<{ id: number; entry_time: Date }>>()(
	await pages.paginate(notes, params),
);
const uncounted = await pageOf(Note, { total: "none" }).paginate(notes, params);
exactly<null>()(uncounted.total);
exactly<null>()(uncounted.pages);
const capped = pageOf(Note, { total: { cappedAt: 1000 } });
exactly<number>()((await capped.paginate(notes, params)).total);
const cursors = cursorPageOf(Note, { key: "id" });
exactly<CursorPage<{ id: number; entry_time: Date }>>()(
	await cursors.paginate(notes, { cursor: null, size: 50 }),
);

// the parameters are typed, and the page is what the response schema takes
app.get(
	{ path: "/notes", response: pages.schema },
	{ paging: pages.params },
	({ paging }) => {
		exactly<number>()(paging.page);
		return pages.paginate(notes, paging);
	},
);
app.get(
	{ path: "/notes/recent", response: cursors.schema },
	{ paging: cursors.params },
	({ paging }) => {
		exactly<string | null>()(paging.cursor);
		return cursors.paginate(notes, paging);
	},
);

// rows that are no items need a transform, whose items must be ones
const texts = db.selectFrom("note").select(["id", "text"]);
// @ts-expect-error: a row lacks entry_time
pages.paginate(texts, params);
pages.paginate(texts, params, {
	transform: (rows) => rows.map(({ id }) => ({ id, entry_time: new Date(0) })),
});
pages.paginate(texts, params, {
	// @ts-expect-error: an item lacks entry_time
	transform: (rows) => rows.map(({ id }) => ({ id })),
});

// a list is sorted by what its rows have
const list = [{ id: 1, entry_time: new Date() }];
const first = { cursor: null, size: 50 };
cursors.paginate(list, first, { orderBy: [["entry_time", "desc"]] });
// @ts-expect-error: no such column
cursors.paginate(list, first, { orderBy: [["author", "desc"]] });
// @ts-expect-error: a cursor needs a key
cursorPageOf(Note, {});
// @ts-expect-error: a page has no parameter of that name
pageOf(Note, { names: { cursor: "after" } });
// @ts-expect-error: parameters of another kind of page
pages.paginate(list, first);

// a page is typed in its shape: other names, additional fields, links, the list alone
const shaped = pageOf(Note, {
	fieldNames: { items: "data", total: "count" },
	extra: { unread: z.int() },
	bodyLinks: "path",
});
const shapedPage = await shaped.paginate(notes, params, {
	extra: { unread: 3 },
});
exactly<readonly [{ id: number; entry_time: Date }[], number, number]>()([
	shapedPage.data,
	shapedPage.count,
	shapedPage.unread,
] as const);
exactly<string | null>()(shapedPage.links.next);
// @ts-expect-error: it has another name
shapedPage.items;
// @ts-expect-error: the additional field is missing
shaped.paginate(notes, params);
// @ts-expect-error: the additional field is missing
shaped.paginate(notes, params, { extra: {} });
// @ts-expect-error: it is of another type
shaped.paginate(notes, params, { extra: { unread: "3" } });
// @ts-expect-error: a page has no additional fields
pages.paginate(notes, params, { extra: { unread: 3 } });
// @ts-expect-error: a page has no such field
pageOf(Note, { fieldNames: { cursor: "after", items: "data" } });
shaped.paginate(texts, params, {
	extra: { unread: 3 },
	transform: (rows) => rows.map(({ id }) => ({ id, entry_time: new Date(0) })),
});
app.get(
	{ path: "/notes/shaped", response: shaped.schema },
	{ paging: shaped.params },
	({ paging }) => shaped.paginate(notes, paging, { extra: { unread: 3 } }),
);
const flat = cursorPageOf(Note, { key: "id", flat: true, links: "relative" });
exactly<{ id: number; entry_time: Date }[]>()(
	await flat.paginate(notes, { cursor: null, size: 50 }),
);
app.get(
	{ path: "/notes/flat", response: flat.schema },
	{ paging: flat.params },
	({ paging }) => flat.paginate(notes, paging),
);

// a source of one's own is told the columns of its order and of the key, which its rows must have
interface Account {
	readonly id: number;
	readonly entry_time: Date;
	readonly paid: Date | null;
	readonly owner: string;
}
declare function accounts(...asked: readonly unknown[]): Promise<Account[]>;
const byPart = await cursors.paginate(
	async ({ order, limit, where, place }) => {
		exactly<"id" | "owner" | "paid" | undefined>()(order[0]?.column);
		exactly<boolean | undefined>()(place?.isInclusive);
		const condition = where<string>({
			and: (all) => all.join(" and "),
			or: (any) => any.join(" or "),
			compare: (column, operator, value) => {
				exactly<"id" | "owner" | "paid">()(column);
				exactly<"<" | "<=" | ">" | ">=">()(operator);
				return `${column} ${operator} ${value}`;
			},
		});
		exactly<string | undefined>()(condition);
		return accounts(limit);
	},
	first,
	{
		orderBy: [
			["owner", "asc"],
			["paid", "desc", "nulls last"],
		],
	},
);
exactly<CursorPage<Account>>()(byPart);
exactly<CursorPage<{ id: number; entry_time: Date }>>()(
	await cursors.paginate(
		({ limit }) =>
			accounts(limit).then((all) =>
				all.map(({ id, owner }) => ({ id, owner })),
			),
		first,
		{
			orderBy: [["owner", "asc"]],
			transform: (rows) =>
				rows.map(({ id }) => ({ id, entry_time: new Date(0) })),
		},
	),
);
// @ts-expect-error: the column may be null, and nobody says where
cursors.paginate(() => accounts(), first, { orderBy: [["paid", "asc"]] });
// @ts-expect-error: no such column
cursors.paginate(() => accounts(), first, { orderBy: [["author", "asc"]] });
// @ts-expect-error: the rows are no items
cursors.paginate(() => [{ id: 1 }], first);
const anything = cursorPageOf(z.object({}), { key: "id" });
// @ts-expect-error: the rows have no key
anything.paginate(() => [{ name: "a" }], first);
// a list in memory may say where null stands
cursors.paginate(list, first, {
	orderBy: [["entry_time", "desc", "nulls first"]],
});

/** A page's items are a list like any other, and what an error has may be undefined. */
export function asOthers(
	page: CursorPage<{ id: number }>,
	error: HTTPException,
): { items: { id: number }[] } {
	const { status, headers } = error;
	new JSONResponse({ detail: "no" }, { status, headers });
	return { items: page.items };
}
