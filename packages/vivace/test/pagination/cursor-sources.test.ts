import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, SetupError } from "../../src/index.ts";
import {
	type CursorPage,
	type CursorPart,
	cursorPageOf,
} from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";

const Task = z
	.object({ id: z.int(), due: z.date().nullable(), owner: z.string() })
	.meta({ id: "Task" });
type Task = z.infer<typeof Task>;
type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean;

const first = { cursor: null, size: 2 };

function compared(left: unknown, right: unknown): number {
	const [a, b] = [left, right].map((value) =>
		value instanceof Date ? value.getTime() : (value as number),
	) as [number, number];
	return a < b ? -1 : a > b ? 1 : 0;
}

/** The rows of a part, as a database would find them: by the condition, in the order. */
function partOf<Found extends Row>(
	rows: readonly Found[],
	{ order, limit, where }: CursorPart,
): Found[] {
	const condition = where<Test>({
		and: (tests) => (row) => tests.every((each) => each(row)),
		or: (tests) => (row) => tests.some((each) => each(row)),
		compare: (column, operator, value) => (row) => {
			if (row[column] === null) {
				return false;
			}
			const result = compared(row[column], value);
			return operator.endsWith("=") && result === 0
				? true
				: operator.startsWith("<")
					? result < 0
					: result > 0;
		},
		isNull: (column) => (row) => row[column] === null,
		isNotNull: (column) => (row) => row[column] !== null,
	});
	return rows
		.filter(condition ?? (() => true))
		.toSorted((left, right) => {
			for (const { column, direction, nulls } of order) {
				const [a, b] = [left[column], right[column]];
				const isLeftFirst = Number(b === null) - Number(a === null);
				const result =
					a === null || b === null
						? nulls === "first"
							? isLeftFirst
							: -isLeftFirst
						: direction === "asc"
							? compared(a, b)
							: -compared(a, b);
				if (result !== 0) {
					return result;
				}
			}
			return 0;
		})
		.slice(0, limit);
}

function day(number: number | null): Date | null {
	return number === null ? null : new Date(Date.UTC(2026, 0, number));
}

const tasks: readonly Task[] = [3, null, 1, 3, null, 2, 1].map(
	(due, index) => ({
		id: index + 1,
		due: day(due),
		owner: ["ada", "Bob", "ada", "cleo", "Bob", "ada", "Émile"][index] ?? "",
	}),
);

/** Follows a list to its end and back. */
async function walked(
	page: (cursor: string | null) => Promise<CursorPage<{ id: number }>>,
): Promise<{ readonly there: number[]; readonly back: number[] }> {
	const there: number[] = [];
	let read = await page(null);
	there.push(...read.items.map(({ id }) => id));
	while (read.next_page !== null) {
		read = await page(read.next_page);
		there.push(...read.items.map(({ id }) => id));
		const again = await page(read.current_page);
		assert.deepEqual(again.items, read.items);
		const backwards = await page(read.current_page_backwards);
		assert.deepEqual(
			backwards.items.slice(-read.items.length), // the last page is not full
			read.items,
		);
	}
	const back = read.items.map(({ id }) => id);
	while (read.previous_page !== null) {
		read = await page(read.previous_page);
		back.unshift(...read.items.map(({ id }) => id));
	}
	return { there, back };
}

suite("pages by cursors of a source of one's own", () => {
	const pages = cursorPageOf(Task, { key: "id" });
	const orders = [
		[],
		[["id", "desc"]],
		[["due", "asc", "nulls first"]],
		[["due", "asc", "nulls last"]],
		[["due", "desc", "nulls first"]],
		[["due", "desc", "nulls last"]],
		[
			["owner", "asc"],
			["due", "desc", "nulls last"],
		],
		[
			["owner", "desc"],
			["due", "asc", "nulls first"],
			["id", "desc"],
		],
	] as const;

	for (const orderBy of orders) {
		for (const size of [1, 2, 3, 7, 8]) {
			test(`hold each row once, there and back: ${JSON.stringify(orderBy)} in pages of ${size}`, async () => {
				const expected = partOf(tasks, {
					order: [
						...orderBy.map(([column, direction, nulls]) => ({
							column,
							direction,
							nulls: nulls?.replace("nulls ", "") as "first" | undefined,
						})),
						{
							column: "id",
							direction: orderBy.at(-1)?.[1] ?? "asc",
							nulls: undefined,
						},
					],
					limit: 99,
					where: () => undefined,
					place: undefined,
				}).map(({ id }) => id);
				const { there, back } = await walked((cursor) =>
					pages.paginate(
						(part) => partOf(tasks, part as CursorPart),
						{ cursor, size },
						// one type for orders of any kind
						{
							orderBy: orderBy as readonly (readonly [
								"due",
								"asc",
								"nulls last",
							])[],
						},
					),
				);
				assert.deepEqual(there, expected);
				assert.deepEqual(back, expected);
				const inMemory = await walked((cursor) =>
					pages.paginate(
						[...tasks],
						{ cursor, size },
						{ orderBy: orderBy as readonly (readonly ["due", "asc"])[] },
					),
				);
				assert.deepEqual(inMemory, { there: expected, back: expected });
			});
		}
	}

	test("hold what is there when rows come and go between them", async () => {
		const rows = [1, 2, 3, 4, 5, 6].map((id) => ({ id, due: null, owner: "" }));
		const page = (cursor: string | null) =>
			pages.paginate((part) => partOf(rows, part), { cursor, size: 2 });
		const { next_page } = await page(null);
		rows.splice(0, 3); // those before it, and the next one
		rows.push({ id: 7, due: null, owner: "" });
		const second = await page(next_page);
		assert.deepEqual(
			second.items.map(({ id }) => id),
			[4, 5],
		);
		const last = await page(second.next_page);
		assert.deepEqual(
			last.items.map(({ id }) => id),
			[6, 7],
		);
		assert.equal(last.next_page, null);
		rows.length = 0;
		const none = await page(second.next_page);
		assert.deepEqual(none.items, []);
		assert.equal(none.next_page, null);
		assert.notEqual(none.previous_page, null);
	});

	test("may know the place instead of a condition, as another server's list does", async () => {
		const asked: unknown[] = [];
		const { there, back } = await walked((cursor) =>
			pages.paginate(
				({ order: [{ direction } = { direction: "asc" }], limit, place }) => {
					asked.push([direction, place?.values.id, place?.isInclusive, limit]);
					const rows = direction === "asc" ? tasks : tasks.toReversed();
					const from =
						place === undefined
							? 0
							: rows.findIndex(({ id }) => id === place.values.id) +
								Number(!place.isInclusive);
					return rows.slice(from, from + limit);
				},
				{ cursor, size: 3 },
			),
		);
		assert.deepEqual([there, back], Array(2).fill([1, 2, 3, 4, 5, 6, 7]));
		assert.deepEqual(asked.slice(0, 2), [
			["asc", undefined, undefined, 4],
			["asc", 3, false, 4],
		]);
	});

	test("keep decimals as their texts, and bind them so", async () => {
		const Price = z.object({ id: z.int(), price: z.string() });
		const rows = ["9.5", "10.25", "10.5"].map((text, index) => ({
			id: index + 1,
			price: { text, toJSON: () => text },
		}));
		const prices = cursorPageOf(Price, { key: "id" });
		const bound: unknown[] = [];
		const { there, back } = await walked((cursor) =>
			prices.paginate(
				({ order, limit, place }) => {
					bound.push(place?.values.price);
					const isAscending = order[0]?.direction === "asc";
					const found = isAscending ? rows : rows.toReversed();
					const from = found.findIndex(
						({ id }) => id === (place?.values.id ?? found[0]?.id),
					);
					const skipped = from + Number(place?.isInclusive === false);
					return found.slice(skipped, skipped + limit);
				},
				{ cursor, size: 1 },
				{
					orderBy: [["price", "asc"]],
					transform: (rows) =>
						rows.map(({ id, price }) => ({ id, price: price.text })),
				},
			),
		);
		assert.deepEqual([there, back], Array(2).fill([1, 2, 3]));
		assert.ok(bound.includes("10.25"));
	});

	test("are counted by the program, if they are counted", async () => {
		const counted = cursorPageOf(Task, { key: "id", total: "exact" });
		const source = (part: CursorPart<"id">) => partOf(tasks, part);
		await assert.rejects(
			counted.paginate(source, first),
			(error) =>
				error instanceof SetupError &&
				/total must be given for a source that is a function/.test(
					error.message,
				),
		);
		const total = async () => tasks.length;
		const page = await counted.paginate(source, first, { total });
		assert.equal(page.total, 7);
	});
});

suite("a source of cursor pages that would lose rows is refused", () => {
	const pages = cursorPageOf(Task, { key: "id" });
	const wrong: [
		title: string,
		read: (part: CursorPart) => unknown,
		orderBy: readonly (readonly ["due", "asc", "nulls last"])[],
		message: RegExp,
	][] = [
		["no list", () => "rows", [], /must give a list of at most 3 rows.*"rows"/],
		["the limit not used", () => tasks, [], /at most 3 rows.*got 7/],
		[
			"the condition not used",
			({ limit }) => tasks.slice(0, limit),
			[],
			/has not asked where\(\)/,
		],
		[
			"the condition made and not used",
			({ limit, where }) => {
				where({ and: () => 1, or: () => 1, compare: () => 1 });
				return tasks.slice(0, limit);
			},
			[],
			/stand before the place it was asked for/,
		],
		[
			"the order not used",
			(part) => partOf(tasks, { ...part, order: [] }).toReversed(),
			[],
			/in another order than it was asked for, "id" asc/,
		],
		[
			"null in a column that has none",
			(part) => partOf(tasks, part).map((row) => ({ ...row, due: null })),
			[["due", "asc"] as never],
			/"due" is null in a row of the list: say where such rows stand, orderBy: \[\["due", "asc", "nulls last"\]\]/,
		],
		[
			"no word for null",
			({ where }) => {
				where({ and: () => 1, or: () => 1, compare: () => 1 });
				return [];
			},
			[["due", "asc", "nulls last"]],
			/where\(\) needs the words isNull and isNotNull: "due" may be null/,
		],
		[
			"no such column",
			(part) => partOf(tasks, part),
			[["nosuch", "asc", "nulls last"] as never],
			/sorted by "nosuch", but its rows have no "nosuch"/,
		],
		[
			"two rows with one place",
			() => [tasks[0], tasks[0]],
			[],
			/two of its rows have the same "id"/,
		],
		[
			"bytes in the order",
			() => [{ id: new Uint8Array(2) }],
			[],
			/can't hold Uint8Array of "id"/,
		],
		["a row that is none", () => [null], [], /its rows have no "id"/],
	];
	for (const [title, read, orderBy, message] of wrong) {
		test(title, async () => {
			const page = (cursor: string | null) =>
				pages.paginate(read as () => Task[], { cursor, size: 2 }, { orderBy });
			const { next_page } = await cursorPageOf(Task, { key: "id" })
				.paginate((part) => partOf(tasks, part as CursorPart), first, {
					orderBy: orderBy.filter(([column]) => column !== ("nosuch" as never)),
				})
				.catch(() => ({ next_page: null }));
			await assert.rejects(
				page(null).then(() => page(next_page)),
				(error) => error instanceof Error && message.test(error.message),
			);
		});
	}

	test("dates that are less than what the column holds", async () => {
		const at = (id: number, micros: number) => ({ id, micros, owner: "" });
		const rows = [at(1, 1_000_100), at(2, 1_000_200), at(3, 1_000_300)];
		for (const direction of ["asc", "desc"] as const) {
			await assert.rejects(
				pages.paginate(
					({ where, order, ...part }) =>
						partOf(
							rows.map(({ micros, ...row }) => ({ ...row, due: micros })),
							{
								...part,
								order,
								where: (words) =>
									where({
										...words,
										compare: (column, operator, value) =>
											words.compare(
												column,
												operator,
												value instanceof Date ? value.getTime() * 1000 : value,
											),
									}),
							} as CursorPart,
						).map((row) => ({
							...row,
							due: new Date(Math.floor(Number(row.due) / 1000)),
						})),
					first,
					{ orderBy: [["due", direction]] },
				),
				/in the order of "due": its source does not find the row that follows .*microseconds/,
				direction,
			);
		}
	});

	test("texts that are sorted by the numbers of an enumeration, and compared as texts", async () => {
		const Level = z.object({ id: z.int(), level: z.string() });
		const rows = ["low", "low", "high"].map((level, index) => ({
			id: index + 1,
			level,
			rank: level === "low" ? 1 : 2,
		}));
		const levels = cursorPageOf(Level, { key: "id" });
		await assert.rejects(
			levels.paginate(
				({ where, order, limit }) => {
					const found = partOf(rows, { order, where, limit: 9 } as CursorPart);
					const sign = order[0]?.direction === "asc" ? 1 : -1;
					return found
						.toSorted((a, b) => sign * (a.rank - b.rank || a.id - b.id))
						.slice(0, limit);
				},
				first,
				{ orderBy: [["level", "asc"]] },
			),
			/in the order of "level".*compares them in another way than it sorts them/,
		);
	});

	test("but not for a row that somebody changes meanwhile", async () => {
		const rows = [1, 2, 3].map((number) => ({
			id: number,
			due: day(number),
			owner: "",
		}));
		let reads = 0;
		const page = await pages.paginate(
			(part) => {
				if (++reads === 2) {
					rows.splice(1, 1);
				}
				return partOf(rows, part as CursorPart) as (Task & { due: Date })[];
			},
			first,
			{ orderBy: [["due", "asc"]] },
		);
		assert.deepEqual(
			page.items.map(({ id }) => id),
			[1, 2],
		);
	});
});

suite("a client's cursor into such a list", () => {
	const pages = cursorPageOf(Task, { key: "id", size: 2 });
	const app = new App();
	let failure: Error | undefined;
	app.get(
		{ path: "/tasks", response: pages.schema },
		{ paging: pages.params, owner: z.string().default("all") },
		({ paging, owner }) =>
			pages.paginate(
				(part) => {
					const { place } = part;
					if (failure && typeof place?.values.id !== "number" && place) {
						throw failure;
					}
					return partOf(tasks, part as CursorPart);
				},
				paging,
				{ orderBy: [["owner", "asc"]], filters: owner },
			),
	);
	const forged = (...values: unknown[]): string => {
		const [version, mode, , list] = fieldsOf(cursor);
		return Buffer.from(JSON.stringify([version, mode, values, list])).toString(
			"base64url",
		);
	};
	const fieldsOf = (text: string): unknown[] =>
		JSON.parse(Buffer.from(text, "base64url").toString());
	let cursor = "";

	test("is refused with its place, whatever it is", async () => {
		await using client = await TestClient.start(app);
		const page = (await (await client.get("/tasks")).json()) as {
			next_page: string;
		};
		cursor = page.next_page;
		failure = undefined;
		for (const [path, message] of [
			[`cursor=${cursor}x`, "damaged"],
			[`cursor=${cursor.slice(0, -9)}`, "damaged"],
			["cursor=%00", "damaged"],
			[`cursor=${cursor}&owner=ada`, "another list"],
			[`cursor=${forged(7, 7)}`, "a value that its list can't have"],
			[`cursor=${forged("ada", "1")}`, "a value that its list can't have"],
			[`cursor=${forged("ada")}`, "damaged"],
			[`cursor=${forged("ada", 1, 2)}`, "damaged"],
			[`cursor=${forged("ada", null)}`, "a value that its list can't have"],
		] as const) {
			const response = await client.get(`/tasks?${path}`);
			const { detail } = (await response.json()) as {
				detail: { loc: unknown; msg: string }[];
			};
			assert.equal(response.status, 422, path);
			assert.deepEqual(detail[0]?.loc, ["query", "cursor"]);
			assert.ok(detail[0]?.msg.includes(message), `${path}: ${detail[0]?.msg}`);
		}
	});

	test("that its database refuses is the client's mistake, behind a library's error too", async () => {
		await using client = await TestClient.start(app);
		const driver = Object.assign(new Error("invalid input syntax"), {
			code: "22P02",
		});
		for (const error of [
			driver,
			new Error("Failed query", { cause: driver }),
			new TypeError("Argument `gt`: Invalid value provided"),
		]) {
			failure = error;
			const response = await client.get(`/tasks?cursor=${forged("ada", "x")}`);
			assert.equal(response.status, 422, error.message);
		}
	});
});
