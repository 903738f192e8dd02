/**
 * Measures a page by its depth in a long list: read by a cursor, and by `OFFSET`. `npm run bench:pagination`, or with
 * `-- --rows 200000`.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import {
	type CursorPage,
	cursorPageOf,
	pageOf,
	type SelectQuery,
} from "vivace/pagination";
import { z } from "zod";
import { markdownTable } from "../shared/table.ts";
import {
	type FilledDatabase,
	openMariaDb,
	openSqlite,
	users,
} from "./engines.ts";

const { values } = parseArgs({
	options: {
		rows: { type: "string", default: "1000000" },
		size: { type: "string", default: "100" },
	},
});
const rows = Number(values.rows);
const size = Number(values.size);
const depths = [0, 0.01, 0.1, 0.5, 0.9, 0.99];
const cursorRounds = 200;
const offsetRounds = 5;

const Message = z.object({
	id: z.int(),
	user_id: z.int(),
	entry_time: z.date(),
	content: z.string(),
});
const byCursor = cursorPageOf(Message, { key: "id" });
const byNumber = pageOf(Message, {
	key: "id",
	total: "none",
	maxOffset: Number.MAX_SAFE_INTEGER,
});

console.log(
	`${rows} rows, pages of ${size}, ${cpus()[0]?.model}, Node ${process.versions.node}\n`,
);
await benchEngine("SQLite", await openSqlite(rows));
const mariaDb = await openMariaDb(rows);
if (mariaDb !== undefined) {
	await benchEngine("MariaDB", mariaDb);
} else {
	console.log("MariaDB is not installed: left out.");
}

async function benchEngine(name: string, filled: FilledDatabase) {
	await using database = filled;
	const all = database.db
		.selectFrom("message")
		.selectAll()
		.orderBy("entry_time", "desc");
	await benchList(`${name}, all messages`, all, rows);
	await benchList(
		`${name}, the messages of one of ${users} users`,
		all.where("user_id", "=", 1),
		rows / users,
	);
}

type Messages = SelectQuery<z.infer<typeof Message>>;

async function benchList(name: string, list: Messages, length: number) {
	const pages = depths.map((part) => Math.floor((part * length) / size));
	const starts = [...new Set(pages)];
	const walk = await walkCursors(list, starts);
	if (walk.count !== length) {
		throw new Error(`${walk.count} rows of ${length} came`);
	}
	// the depths in turns, so that what else the machine does meets them all
	const cursorTimes: number[][] = starts.map(() => []);
	for (let round = 0; round < cursorRounds; round++) {
		for (const [index, cursor] of walk.cursors.entries()) {
			cursorTimes[index]?.push(
				await timed(() => byCursor.paginate(list, { cursor, size })),
			);
		}
	}
	const offsetTimes: number[][] = starts.map(() => []);
	for (let round = 0; round < offsetRounds; round++) {
		for (const [index, start] of starts.entries()) {
			offsetTimes[index]?.push(
				await timed(() => byNumber.paginate(list, { page: start + 1, size })),
			);
		}
	}
	const firstMs = median(cursorTimes[0]);
	const cells = starts.map((start, index) => [
		String(start * size),
		median(cursorTimes[index]).toFixed(2),
		(median(cursorTimes[index]) / firstMs).toFixed(2),
		median(offsetTimes[index]).toFixed(2),
	]);
	const head = ["rows before", "cursor, ms", "to the first", "OFFSET, ms"];
	console.log(`${name}\n\n${markdownTable(head, cells)}`);
	console.log(
		`\nAll ${walk.pages} pages one after the other: each of ${length} rows once.\n`,
	);
}

/** Follows the cursors through the whole list, and gives those of some pages. */
async function walkCursors(list: Messages, starts: readonly number[]) {
	const cursors: (string | null)[] = [];
	const seen = new Set<number>();
	let cursor: string | null = null;
	let pages = 0;
	do {
		if (starts.includes(pages)) {
			cursors.push(cursor);
		}
		const page: CursorPage<z.infer<typeof Message>> = await byCursor.paginate(
			list,
			{ cursor, size },
		);
		for (const { id } of page.items) {
			if (seen.has(id)) {
				throw new Error(`row ${id} came twice`);
			}
			seen.add(id);
		}
		pages++;
		cursor = page.next_page;
	} while (cursor !== null);
	return { cursors, pages, count: seen.size };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await run();
	return performance.now() - start;
}

function median(times: readonly number[] = []): number {
	const sorted = [...times].sort((left, right) => left - right);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
