import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { type CursorPage, cursorPageOf } from "../../src/pagination.ts";
import {
	type ListedEngine,
	listedEngines,
	type Tables,
} from "./listed-engines.ts";
import {
	columnTypes,
	type LooseTable,
	looseTable,
	randomTable,
} from "./random-tables.ts";

type Row = Readonly<Record<string, unknown>>;
type Read = (cursor: string | null) => Promise<CursorPage<Row>>;

const seeds = 20;
const looseSeeds = 40;

/** True where a table tells its rows apart in a way that its database can tell. */
function hasKey({ create, indexes }: LooseTable): boolean {
	return (
		create.includes("primary key") ||
		indexes.some((index) => /\((?:n|k, n)\)$/.test(index))
	);
}

for (const { name, dialect, missing, start } of listedEngines) {
	suite(`cursors over any table on ${name}`, { skip: missing ?? false }, () => {
		let place: Awaited<ReturnType<ListedEngine["start"]>>;
		let db: Kysely<Tables>;
		before(async () => {
			place = await start();
			db = place.db;
		});
		after(() => place?.[Symbol.asyncDispose]());

		async function fill(create: string, rows: readonly string[]) {
			await sql.raw("drop table if exists listed").execute(db);
			await sql.raw(create).execute(db);
			await sql.raw(`insert into listed values ${rows.join(", ")}`).execute(db);
		}

		function readOf(
			order: readonly (readonly [string, "asc" | "desc"])[],
			key: readonly [string, ...string[]],
			size: number,
		): Read {
			const pages = cursorPageOf(z.record(z.string(), z.any()), { key });
			let query = db.selectFrom("listed").selectAll();
			for (const [column, direction] of order) {
				query = query.orderBy(column, direction);
			}
			return (cursor) => pages.paginate(query, { cursor, size });
		}

		for (let seed = 1; seed <= seeds; seed++) {
			const { create, rows, keys, order, size } = randomTable(
				seed,
				columnTypes[dialect],
			);
			const title = order.map((column) => column.join(" ")).join(", ");
			test(`give every row once, both ways: ${seed}, by ${title || "the key"} of ${create.slice(20)}`, async () => {
				await fill(create, rows);
				const read = readOf(order, keys, size);
				const idOf = ({ k0, k1 }: Row) => `${k0}/${k1}`;
				let all = db.selectFrom("listed").selectAll();
				const last = order.at(-1)?.[1] ?? "asc";
				for (const [column, direction] of order) {
					all = all.orderBy(column, direction);
				}
				for (const key of keys) {
					all = all.orderBy(key, last);
				}
				const expected = (await all.execute()).map(idOf);

				const forwards: string[] = [];
				let page = await read(null);
				for (;;) {
					forwards.push(...page.items.map(idOf));
					const again = await read(page.current_page);
					assert.deepEqual(again.items.map(idOf), page.items.map(idOf));
					if (page.next_page === null) {
						break;
					}
					page = await read(page.next_page);
				}
				assert.deepEqual(forwards, expected);

				const backwards = page.items.map(idOf);
				while (page.previous_page !== null) {
					page = await read(page.previous_page);
					backwards.unshift(...page.items.map(idOf));
				}
				assert.deepEqual(backwards, expected);
			});
		}

		for (let seed = 1; seed <= looseSeeds; seed++) {
			const table = looseTable(seed, columnTypes[dialect], dialect);
			const { create, rows, indexes, keys, order, size } = table;
			const title = [create.slice(20), ...indexes].join("; ");
			test(`give every row once, or none at all, by a key that may have doubles: ${seed}, key ${keys}, ${title}`, async () => {
				await fill(create, rows);
				for (const index of indexes) {
					await sql.raw(index).execute(db);
				}
				const read = readOf(order, keys, size);
				const first = await read(null).catch((error: Error) => error);
				if (first instanceof Error) {
					assert.match(first.message, /the option "key"|never null/);
					assert.ok(!hasKey(table), "it has a key that could be used");
					return;
				}
				const forwards = first.items.map(({ n }) => n);
				let page = first;
				while (page.next_page !== null) {
					page = await read(page.next_page);
					forwards.push(...page.items.map(({ n }) => n));
				}
				const counted = rows.map((_, index) => index);
				assert.deepEqual(
					[...forwards].sort((left, right) => Number(left) - Number(right)),
					counted,
				);
				const backwards = page.items.map(({ n }) => n);
				while (page.previous_page !== null) {
					page = await read(page.previous_page);
					backwards.unshift(...page.items.map(({ n }) => n));
				}
				assert.deepEqual(backwards, forwards);
				assert.deepEqual(
					Object.keys(first.items[0] ?? {}),
					create.includes("id ")
						? ["n", "k", "s", "c", "id"]
						: ["n", "k", "s", "c"],
				);
			});
		}

		test("refuse a key that is not unique on the first page", async () => {
			await fill("create table listed (k0 int not null, c0 int)", [
				"(1, 1)",
				"(2, 1)",
				"(2, 1)",
				"(3, 1)",
			]);
			await assert.rejects(
				readOf([["c0", "asc"]], ["k0"], 3)(null),
				/"c0", "k0": give the option "key"/,
			);
		});

		test("refuse a key that is null somewhere", async () => {
			await fill("create table listed (k0 int, c0 int)", [
				"(1, 1)",
				"(null, 2)",
			]);
			const read = readOf([["k0", "desc"]], ["k0"], 1);
			await assert.rejects(async () => {
				for (
					let page = await read(null);
					;
					page = await read(page.next_page)
				) {}
			}, /never null/);
		});

		test("with a value that the list can't have are a 422", async () => {
			await fill("create table listed (k0 int primary key, c0 int not null)", [
				"(1, 1)",
				"(2, 1)",
				"(3, 2)",
			]);
			const read = readOf([["c0", "asc"]], ["k0"], 1);
			const { next_page } = await read(null);
			const fields = JSON.parse(
				Buffer.from(next_page ?? "", "base64url").toString(),
			);
			const forged: unknown[][] = [
				[1, ["n", "99999999999999999999"]],
				[1, ["n", "18446744073709551616"]],
				["x", 1],
				[1, "x"],
				[["d", 0], 1],
				[1, ["t", "2026-01-01 00:00:00"]],
				[true, 1],
				[1, [1]],
				[1],
				[1, 1, 1],
			];
			if (dialect !== "mysql") {
				forged.push([1, ["n", "9223372036854775808"]]);
			}
			for (const values of forged) {
				fields[2] = values;
				const cursor = Buffer.from(JSON.stringify(fields)).toString(
					"base64url",
				);
				await assert.rejects(
					read(cursor),
					{ name: "RequestValidationError" },
					JSON.stringify(values),
				);
			}
			// numbers that no integer is: nothing is lost by them, and nothing fails
			for (const value of [1.5, 1e300, -1e300]) {
				fields[2] = [value, 1];
				const cursor = Buffer.from(JSON.stringify(fields)).toString(
					"base64url",
				);
				await read(cursor).catch((error) =>
					assert.equal(error.name, "RequestValidationError"),
				);
			}
		});

		const anyPages = cursorPageOf(z.record(z.string(), z.any()), { key: "k0" });
		const firstPage = { cursor: null, size: 1 };

		if (name.includes("by a dialect")) {
			test("refuse dates that are finer than a Date on the first page", async () => {
				await fill("create table listed (k0 int primary key, at timestamptz)", [
					"(1, '2026-01-01 00:00:00.000001Z')",
					"(2, '2026-01-01 00:00:00.000002Z')",
				]);
				const query = db.selectFrom("listed").selectAll().orderBy("at");
				await assert.rejects(
					anyPages.paginate(query, firstPage),
					/order of "at" \(2026-01-01T00:00:00\.000Z\).*timestamptz\(3\)/,
				);
			});
		} else if (dialect === "postgres") {
			test("hold dates to the microsecond, and infinity", async () => {
				await fill("create table listed (k0 int primary key, at timestamptz)", [
					"(1, '2026-01-01 00:00:00.000001Z')",
					"(2, '2026-01-01 00:00:00.000002Z')",
					"(3, '2026-01-01 00:00:00.000003Z')",
					"(4, 'infinity')",
					"(5, 'infinity')",
				]);
				const query = db.selectFrom("listed").selectAll().orderBy("at");
				const ids: unknown[] = [];
				let cursor: string | null = null;
				do {
					const page: CursorPage<Row> = await anyPages.paginate(query, {
						cursor,
						size: 1,
					});
					ids.push(...page.items.map(({ k0 }) => k0));
					cursor = page.next_page;
				} while (cursor !== null);
				assert.deepEqual(ids, [1, 2, 3, 4, 5]);
			});
		}

		if (dialect !== "mysql") {
			test("have null where the query says", async () => {
				await fill("create table listed (k0 int primary key, n int)", [
					"(1, 1), (2, null), (3, 2), (4, null), (5, 3)",
				]);
				for (const [nulls, expected] of [
					["first", [4, 2, 5, 3, 1]],
					["last", [5, 3, 1, 4, 2]],
				] as const) {
					const query = db
						.selectFrom("listed")
						.selectAll()
						.orderBy("n", (item) =>
							nulls === "first"
								? item.desc().nullsFirst()
								: item.desc().nullsLast(),
						);
					const ids: unknown[] = [];
					let cursor: string | null = null;
					do {
						const page: CursorPage<Row> = await anyPages.paginate(query, {
							cursor,
							size: 2,
						});
						ids.push(...page.items.map(({ k0 }) => k0));
						cursor = page.next_page;
					} while (cursor !== null);
					assert.deepEqual(ids, expected);
				}
			});
		}

		if (dialect === "mysql") {
			test("refuse on the first page what is sorted otherwise than compared", async () => {
				await fill(
					"create table listed (k0 int primary key, role enum('user', 'assistant'), f float, j json)",
					["(1, 'user', 0.1, '{}')", "(2, 'user', 0.1, '[]')"],
				);
				for (const [column, reason] of [
					["role", /"role": it is an ENUM/],
					["f", /"f": it is a FLOAT/],
					["j", /"j"/],
				] as const) {
					const query = db.selectFrom("listed").selectAll().orderBy(column);
					await assert.rejects(anyPages.paginate(query, firstPage), reason);
				}
			});
		}
	});
}
