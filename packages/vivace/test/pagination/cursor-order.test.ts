import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Kysely } from "kysely";
import { z } from "zod";
import {
	engines,
	openEmpty,
	type Tables,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import type { Database } from "../../src/database.ts";
import {
	type CursorPage,
	cursorPageOf,
	type PageSource,
	type SortDirection,
} from "../../src/pagination.ts";

interface Note {
	readonly id: number;
	readonly text: string | null;
	readonly amount: number | bigint | null;
	readonly entry_time: Date;
}

const pages = cursorPageOf(
	z.object({
		id: z.int(),
		text: z.string().nullable(),
		amount: z.union([z.number(), z.bigint()]).nullable(),
		entry_time: z.date(),
	}),
	{ key: "id" },
);

// many have the same amount or the same time, some have none
const amounts = [null, 3, 1, 9_007_199_254_740_993n, null, 2, 1, 3];
const notes: readonly Note[] = Array.from({ length: 61 }, (_, index) => ({
	id: index + 1,
	text: index % 4 === 0 ? null : `note ${(index * 37) % 100}`,
	amount: amounts[(index * 5) % amounts.length] ?? null,
	entry_time: new Date(Date.UTC(2026, 0, 1, 0, 0, (index * 7) % 11)),
}));

type Order = readonly (readonly [column: keyof Note, SortDirection])[];

const orders: readonly Order[] = [
	[],
	[["id", "desc"]],
	[["entry_time", "desc"]],
	[["entry_time", "asc"]],
	[["amount", "asc"]],
	[["amount", "desc"]],
	[["text", "desc"]],
	[
		["amount", "desc"],
		["entry_time", "asc"],
	],
	[
		["entry_time", "asc"],
		["amount", "desc"],
		["text", "asc"],
	],
	[
		["amount", "asc"],
		["text", "desc"],
		["id", "desc"],
		["entry_time", "asc"],
	],
	[
		["text", "asc"],
		["amount", "asc"],
	],
];

/** The ids in the order as it is meant: null first in an ascending column, on PostgreSQL last, and the id at the end. */
function idsInOrder(order: Order, nulls = -1): readonly number[] {
	const compare = (left: Note, right: Note): number => {
		for (const [column, direction] of [
			...order,
			["id", order.at(-1)?.[1] ?? "asc"] as const,
		]) {
			const [a, b] = [left[column], right[column]];
			const sign = direction === "asc" ? 1 : -1;
			if (a === null || b === null) {
				if (a !== b) {
					return (a === null ? nulls : -nulls) * sign;
				}
			} else if (a < b) {
				return -sign;
			} else if (a > b) {
				return sign;
			}
		}
		return 0;
	};
	return [...notes].sort(compare).map(({ id }) => id);
}

/** A list of the notes in an order, in memory or in a database. */
type ListOf = (order: Order) => {
	readonly source: PageSource<Note>;
	readonly options: { readonly orderBy?: Order };
};

/** One suite for every kind of list. */
function walks(listOf: ListOf, nulls = -1): void {
	for (const order of orders) {
		const name = order.map((column) => column.join(" ")).join(", ");
		test(`gives every row once, forwards and backwards, by ${name || "the key"}`, async () => {
			const { source, options } = listOf(order);
			const read = (cursor: string | null) =>
				pages.paginate(source, { cursor, size: 7 }, options);
			const ids = idsInOrder(order, nulls);
			const first = await read(null);
			assert.equal(first.previous_page, null);

			const forwards: number[] = [];
			let last: CursorPage<Note> = first;
			for (let page = first; ; page = await read(page.next_page)) {
				forwards.push(...idsOf(page));
				last = page;
				await assertRepeats(page, read);
				if (page.next_page === null) {
					break;
				}
			}
			assert.deepEqual(forwards, ids);

			const backwards = idsOf(last);
			let page = last;
			while (page.previous_page !== null) {
				page = await read(page.previous_page);
				backwards.unshift(...idsOf(page));
				assert.notEqual(page.next_page, null);
			}
			assert.deepEqual(backwards, ids);
		});
	}
}

/** The cursors of a page itself give the same page, and know its neighbours. */
async function assertRepeats(
	page: CursorPage<Note>,
	read: (cursor: string | null) => Promise<CursorPage<Note>>,
): Promise<void> {
	const again = await read(page.current_page);
	assert.deepEqual(again, page);
	const counted = await read(page.current_page_backwards);
	const ids = idsOf(page);
	assert.deepEqual(idsOf(counted).slice(-ids.length), ids);
	assert.equal(counted.next_page, page.next_page);
}

function idsOf(page: CursorPage<Note>): number[] {
	return page.items.map(({ id }) => id);
}

suite("cursors over a list in memory", () => {
	walks((order) => ({ source: notes, options: { orderBy: order } }));
});

for (const { name, engine, missing, start } of engines) {
	suite(`cursors over a query on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		let db: Kysely<Tables>;
		before(async () => {
			server = await start();
			database = await openEmpty(server.options);
			db = database.db;
			await db.insertInto("note").values(notes).execute();
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		walks(
			(order) => {
				let query = db
					.selectFrom("note")
					.select(["id", "text", "amount", "entry_time"]);
				for (const [column, direction] of order) {
					query = query.orderBy(column, direction);
				}
				return { source: query, options: {} };
			},
			engine === "postgres" ? 1 : -1,
		);

		test("go on where they were when rows come and go", async () => {
			const query = db
				.selectFrom("note")
				.selectAll()
				.orderBy("entry_time", "desc");
			const first = await pages.paginate(query, { cursor: null, size: 5 });
			const expected = idsInOrder([["entry_time", "desc"]]).slice(5, 10);
			const newest = {
				id: 1000,
				text: "newest",
				amount: 1,
				entry_time: new Date(Date.UTC(2027, 0)),
			};
			await db.insertInto("note").values(newest).execute();
			const lastId = first.items.at(-1)?.id ?? 0;
			const removed = notes.find(({ id }) => id === lastId) as Note;
			await db.deleteFrom("note").where("id", "=", lastId).execute();
			try {
				const next = await pages.paginate(query, {
					cursor: first.next_page,
					size: 5,
				});
				assert.deepEqual(
					next.items.map(({ id }) => id),
					expected,
				);
			} finally {
				await db.deleteFrom("note").where("id", "=", 1000).execute();
				await db.insertInto("note").values(removed).execute();
			}
		});

		test("that lead to an empty page lead back from it", async () => {
			const all = db.selectFrom("note").selectAll();
			const filters = "all notes";
			const first = await pages.paginate(
				all,
				{ cursor: null, size: 60 },
				{ filters },
			);
			const empty = await pages.paginate(
				all.where("id", "<=", 60),
				{ cursor: first.next_page, size: 60 },
				{ filters },
			);
			assert.deepEqual(empty.items, []);
			assert.equal(empty.next_page, null);
			assert.equal(empty.current_page, null);
			const back = await pages.paginate(
				all,
				{ cursor: empty.previous_page, size: 60 },
				{ filters },
			);
			assert.deepEqual(
				back.items.map(({ id }) => id),
				first.items.map(({ id }) => id),
			);
		});

		test("sort a join by its tables' columns, under whatever name they are selected", async () => {
			const query = db
				.selectFrom("note")
				.innerJoin("note as other", "other.id", "note.id")
				.select(["note.id as number", "other.entry_time as time"])
				.orderBy("time", "desc");
			const joined = cursorPageOf(
				z.object({ number: z.int(), time: z.date() }),
				{ key: "note.id" },
			);
			const ids: number[] = [];
			let cursor: string | null = null;
			do {
				const page: CursorPage<{ number: number; time: Date }> =
					await joined.paginate(
						query,
						{ cursor, size: 9 },
						{
							transform: (rows) =>
								rows.map(({ number, time }) => ({ number, time })),
						},
					);
				ids.push(...page.items.map(({ number }) => number));
				cursor = page.next_page;
			} while (cursor !== null);
			assert.deepEqual(ids, idsInOrder([["entry_time", "desc"]]));
		});
	});
}
