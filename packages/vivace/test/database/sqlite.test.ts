import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import {
	createNote,
	openEmpty,
	type Tables,
} from "../../../vivace-database/test/engines.ts";
import {
	type Database,
	database,
	isUnavailable,
	openDatabase,
	type SqliteOptions,
} from "../../src/database.ts";
import { App } from "../../src/index.ts";
import { until } from "../support/until.ts";

suite("a SQLite file", () => {
	let folder: string;
	let count = 0;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "vivace-sqlite-"));
	});
	after(() => rm(folder, { recursive: true }));

	const newPath = () => join(folder, `${++count}.db`);

	function open(
		path: string,
		options: Omit<SqliteOptions, "path"> = {},
	): Promise<Database<Tables>> {
		return openEmpty({ sqlite: { path, ...options } });
	}

	const insert = ({ db }: Database<Tables>, text: string) =>
		db.insertInto("note").values({ text }).executeTakeFirstOrThrow();

	const storedTexts = (path: string) => {
		using other = new DatabaseSync(path, { readOnly: true });
		const rows = other.prepare("select text from note order by id").all();
		return rows.map(({ text }) => text);
	};

	test("is made with its folder, in WAL, and flushed at each commit", async () => {
		const path = relative(".", join(folder, `deep/er/${++count}.db`));
		await using database = await open(path);
		const pragma = async (name: string) =>
			(await sql<object>`pragma ${sql.raw(name)}`.execute(database.db)).rows;
		assert.deepEqual(await pragma("journal_mode"), [{ journal_mode: "wal" }]);
		assert.deepEqual(await pragma("synchronous"), [{ synchronous: 2 }]);
		assert.deepEqual(await pragma("foreign_keys"), [{ foreign_keys: 1 }]);
	});

	test("that was not there is told in a line, once, with its whole path", async () => {
		const path = newPath();
		const lines: string[] = [];
		const logger = {
			error() {},
			warn() {},
			info: (line: unknown) => lines.push(String(line)),
		};
		for (const _ of [1, 2]) {
			const notes = database<Tables>(
				{ sqlite: { path: relative(".", path) } },
				{ name: "notes" },
			);
			await new App({ resources: [notes], logger }).scope({}, () => undefined);
		}
		assert.deepEqual(
			lines.filter((line) => line.includes("database")),
			[`"notes": made a new database at ${path}`],
		);
		const inMemory = database<Tables>("sqlite::memory:");
		await new App({ resources: [inMemory], logger }).scope({}, () => undefined);
		assert.equal(lines.filter((line) => line.includes("made")).length, 1);
	});

	test("is not made in an absolute folder elsewhere that is not there: the path is wrong", async () => {
		const path = join(folder, "voulme/notes.db");
		await assert.rejects(openDatabase({ sqlite: { path } }), {
			message: `VIV_OPTION: sqlite.path: the folder of ${path} is not there: correct the path, or make it (mkdir -p ${join(folder, "voulme")}). Only folders below the working directory are made.`,
		});
		assert.ok(!existsSync(join(folder, "voulme")));
		// below the working directory it is, however the path is written
		const here = join(
			process.cwd(),
			`node_modules/.cache/sqlite-${process.pid}`,
		);
		await using opened = await openDatabase({
			sqlite: { path: join(here, "deep/notes.db") },
		});
		await opened.close();
		await rm(here, { recursive: true });
	});

	test("holds a write when it is acknowledged, also for another process", async () => {
		const path = newPath();
		await using database = await open(path);
		await insert(database, "acknowledged");
		assert.deepEqual(storedTexts(path), ["acknowledged"]);
	});

	test("commits writes that arrive together in one transaction", async () => {
		const path = newPath();
		await using database = await open(path);
		const first = insert(database, "first");
		const seen: number[] = [];
		const all = Array.from({ length: 50 }, async (_, index) => {
			await insert(database, `together ${index}`);
			seen.push(storedTexts(path).length);
		});
		await Promise.all([first, ...all]);
		// Whoever was told first found everybody's write there already.
		assert.deepEqual(new Set(seen), new Set([51]));
	});

	test("keeps the writes that came before a failing transaction, and none of its own", async () => {
		const path = newPath();
		await using database = await open(path);
		const before = insert(database, "before");
		const failing = database.db.transaction().execute(async (trx) => {
			await trx.insertInto("note").values({ text: "within" }).execute();
			await trx.insertInto("note").values({ text: "before" }).execute();
		});
		const behind = insert(database, "behind");
		await assert.rejects(failing, /UNIQUE/);
		await Promise.all([before, behind]);
		assert.deepEqual(storedTexts(path), ["before", "behind"]);
	});

	test("lets writers in one after the other, in the order in which they asked", async () => {
		await using database = await open(newPath());
		const order: string[] = [];
		const trx = await database.db.startTransaction().execute();
		const waiting: Promise<unknown>[] = [];
		for (const name of ["a", "b", "c"]) {
			waiting.push(
				insert(database, name).then(() => order.push(`write ${name}`)),
			);
			await until(() => database.stats().waiting === waiting.length);
			waiting.push(
				database.db.transaction().execute(async () => {
					order.push(`transaction ${name}`);
				}),
			);
			await until(() => database.stats().waiting === waiting.length);
		}
		order.push("holder");
		await trx.commit().execute();
		await Promise.all(waiting);
		assert.deepEqual(order, [
			"holder",
			"write a",
			"transaction a",
			"write b",
			"transaction b",
			"write c",
			"transaction c",
		]);
		assert.equal(database.stats().waiting, 0);
	});

	test("reads while somebody writes", async () => {
		await using database = await open(newPath());
		await insert(database, "committed");
		const trx = await database.db.startTransaction().execute();
		await trx.insertInto("note").values({ text: "open" }).execute();
		const rows = await database.db.selectFrom("note").select("text").execute();
		assert.deepEqual(rows, [{ text: "committed" }]);
		await trx.rollback().execute();
	});

	test("bounds the wait for a turn and the number that may wait", async () => {
		await using database = await open(newPath(), {
			acquireTimeoutMs: 20,
			queueLimit: 2,
		});
		const trx = await database.db.startTransaction().execute();
		// which of them comes first is not for the test to say
		const outcomes = await Promise.allSettled([
			insert(database, "waits"),
			database.db.transaction().execute(async () => undefined),
			insert(database, "one too many"),
		]);
		const errors = outcomes.map((outcome) => {
			assert.equal(outcome.status, "rejected");
			return outcome.reason as Error;
		});
		assert.ok(errors.every(isUnavailable));
		const [full, ...late] = errors.map(String).sort();
		assert.match(String(full), /POOL_QUEUE_FULL: 2 writes to .* wait already/);
		for (const error of late) {
			assert.match(error, /POOL_TIMEOUT: no turn to write to .* within 20 ms/);
		}
		await trx.commit().execute();
		await insert(database, "after");
	});

	test("waits for another process that writes, without blocking this one", async () => {
		const path = newPath();
		await using database = await open(path);
		using other = new DatabaseSync(path);
		other.exec("begin immediate");
		const waiting = [
			insert(database, "written later"),
			database.db
				.transaction()
				.execute((trx) =>
					trx.insertInto("note").values({ text: "later still" }).execute(),
				),
		];
		// The event loop turns: a read is answered and a timer fires while the writes wait.
		await database.db.selectFrom("note").selectAll().execute();
		await new Promise((resolve) => setTimeout(resolve, 0));
		other.exec("commit");
		await Promise.all(waiting);
		assert.deepEqual(storedTexts(path), ["written later", "later still"]);
	});

	test("gives up on another process after the busy time", async () => {
		const path = newPath();
		await using database = await open(path, { busyTimeoutMs: 30 });
		using other = new DatabaseSync(path);
		other.exec("begin immediate");
		await assert.rejects(insert(database, "never"), isUnavailable);
		await assert.rejects(
			database.db.transaction().execute(async () => undefined),
			isUnavailable,
		);
		other.exec("rollback");
		await insert(database, "works again");
		assert.deepEqual(storedTexts(path), ["works again"]);
	});

	test("does not let raw SQL leave a transaction open for everybody", async () => {
		await using database = await open(newPath());
		await assert.rejects(
			sql`begin`.execute(database.db),
			/"begin" would leave a transaction open .* db\.transaction\(\)/,
		);
		await insert(database, "unharmed");
	});

	test("rolls back a transaction whose owner never ended it, and closes", async () => {
		const path = newPath();
		await using database = await open(path, { closeTimeoutMs: 10 });
		const trx = await database.db.startTransaction().execute();
		await trx.insertInto("note").values({ text: "forgotten" }).execute();
		await database.close();
		assert.deepEqual(storedTexts(path), []);
	});

	test("finishes what is under way before it closes", async () => {
		const path = newPath();
		await using database = await open(path);
		const trx = await database.db.startTransaction().execute();
		const waiting = insert(database, "queued");
		await until(() => database.stats().waiting === 1);
		const closing = database.close();
		await trx.insertInto("note").values({ text: "in transaction" }).execute();
		await trx.commit().execute();
		await Promise.all([waiting, closing]);
		assert.deepEqual(storedTexts(path), ["in transaction", "queued"]);
	});

	test("streams from a snapshot that holds nobody up", async () => {
		await using database = await open(newPath());
		await database.db
			.insertInto("note")
			.values(Array.from({ length: 20 }, (_, n) => ({ text: `row ${n}` })))
			.execute();
		let streamed = 0;
		for await (const _ of database.db
			.selectFrom("note")
			.selectAll()
			.stream(1)) {
			await insert(database, `written while streaming ${streamed++}`);
			const newest = await database.db
				.selectFrom("note")
				.select("text")
				.orderBy("id", "desc")
				.limit(1)
				.executeTakeFirst();
			assert.equal(newest?.text, `written while streaming ${streamed - 1}`);
		}
		assert.equal(streamed, 20);
	});

	test("may live in memory", async () => {
		await using database = await openDatabase<Tables>({
			url: "sqlite::memory:",
		});
		await createNote(database.db);
		const trx = await database.db.startTransaction().execute();
		await trx.insertInto("note").values({ text: "kept" }).execute();
		const reading = database.db.selectFrom("note").select("text").execute();
		await trx.commit().execute();
		// One handle only: the read waited for the transaction instead of seeing into it.
		assert.deepEqual(await reading, [{ text: "kept" }]);
		for await (const row of database.db
			.selectFrom("note")
			.select("text")
			.stream()) {
			assert.deepEqual(row, { text: "kept" });
		}
	});

	test("gives rows for RETURNING, exact beyond 2^53", async () => {
		await using database = await open(newPath());
		const rows = await database.db
			.insertInto("note")
			.values({ amount: 2n ** 60n })
			.returning(["id", "amount"])
			.execute();
		assert.deepEqual(rows, [{ id: 1, amount: 2n ** 60n }]);
	});

	test("is refused when it is not a database", async () => {
		await assert.rejects(
			openDatabase({ sqlite: { path: import.meta.filename } }),
			/file is not a database/,
		);
	});
});

suite("a SQLite file that can't be opened", () => {
	const cases: [
		title: string,
		place: (folder: string) => Promise<string>,
		reason: RegExp,
	][] = [
		["a folder", async (folder) => folder, /it is a folder/],
		[
			"what is no database",
			async (folder) => {
				const file = join(folder, "notes.txt");
				await writeFile(file, "no database at all, but long enough".repeat(50));
				return file;
			},
			/is not a database/,
		],
		[
			"a file in a file",
			async (folder) => {
				await writeFile(join(folder, "file"), "");
				return join(folder, "file", "app.db");
			},
			/its folder can't be made/,
		],
	];
	if (process.platform === "linux") {
		const place = async () => relative(".", "/proc/nope/deep/app.db");
		cases.push(["below /proc", place, /its folder can't be made/]);
	}
	for (const [title, place, reason] of cases) {
		test(`is told at once, with its path: ${title}`, async () => {
			const folder = await mkdtemp(join(tmpdir(), "vivace-open-"));
			try {
				const path = await place(folder);
				let tries = 0;
				const files = database<Tables>(() => {
					tries++;
					return { sqlite: { path } };
				});
				const app = new App({ resources: [files], logger: silent });
				await assert.rejects(app.start(), (error: Error) => {
					const { message } = (error.cause ?? error) as Error;
					return (
						/VIV_OPTION/.test(message) &&
						message.includes(resolve(path)) &&
						reason.test(message)
					);
				});
				assert.equal(tries, 1);
				await app.stop();
			} finally {
				await rm(folder, { recursive: true });
			}
		});
	}
});

suite("a SQLite file that can't be written to", () => {
	/** As somebody who is bound by permissions, which root is not. */
	async function asNobody(work: () => Promise<void>): Promise<void> {
		const isRoot = process.geteuid?.() === 0;
		if (isRoot) {
			process.seteuid?.(65534);
		}
		try {
			await work();
		} finally {
			if (isRoot) {
				process.seteuid?.(0);
			}
		}
	}

	const skip = process.geteuid?.() === 0 && process.seteuid === undefined;

	async function withoutPermission(
		modes: { readonly file: number; readonly folder: number },
		work: (path: string) => Promise<void>,
	): Promise<void> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-readonly-"));
		const path = join(folder, "app.db");
		try {
			await (await openEmpty({ sqlite: { path } })).close();
			await chmod(path, modes.file);
			await chmod(folder, modes.folder);
			await asNobody(() => work(path));
		} finally {
			await chmod(folder, 0o777);
			await rm(folder, { recursive: true });
		}
	}

	test(
		"because of its folder is told at the start, once, with its path",
		{ skip },
		() =>
			withoutPermission({ file: 0o444, folder: 0o555 }, async (path) => {
				let tries = 0;
				const files = database<Tables>(() => {
					tries++;
					return { sqlite: { path } };
				});
				const app = new App({ resources: [files], logger: silent });
				await assert.rejects(app.start(), (error: Error) => {
					const { message } = (error.cause ?? error) as Error;
					return (
						/VIV_OPTION: sqlite\.path/.test(message) &&
						message.includes(path) &&
						/can't be written to/.test(message)
					);
				});
				assert.equal(tries, 1);
				await app.stop();
			}),
	);

	test("can be read, and a write names it", { skip }, () =>
		withoutPermission({ file: 0o444, folder: 0o777 }, async (path) => {
			await using file = await openDatabase<Tables>({ sqlite: { path } });
			const { db } = file;
			assert.deepEqual(await db.selectFrom("note").selectAll().execute(), []);
			await assert.rejects(
				db.insertInto("note").values({ text: "a" }).execute(),
				({ message }: Error) =>
					/readonly database/.test(message) &&
					message.includes(path) &&
					message.includes('insert into "note"'),
			);
		}),
	);

	test("tells the statement when it becomes so later, and goes on reading", async () => {
		await using file = await openEmpty({ sqlite: { path: ":memory:" } });
		await sql`pragma query_only = 1`.execute(file.db);
		await assert.rejects(
			file.db.insertInto("note").values({ text: "secret" }).execute(),
			(error: Error) => {
				const whole = `${error.message} ${error.stack}`;
				return (
					/readonly database/.test(whole) &&
					/insert into "note"/.test(whole) &&
					!whole.includes("secret")
				);
			},
		);
		assert.deepEqual(
			await file.db.selectFrom("note").selectAll().execute(),
			[],
		);
	});
});

const silent = {
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};
