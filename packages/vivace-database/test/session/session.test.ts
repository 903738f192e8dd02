import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import { until } from "../../../vivace/test/support/until.ts";
import {
	type Database,
	type DatabaseError,
	isDuplicateKey,
	isSafeToRetry,
	isUnavailable,
	openDatabase,
	type Session,
	SessionEndedError,
	withSession,
} from "../../src/index.ts";
import {
	createNote,
	engines,
	openEmpty,
	storedNotes,
	type Tables,
	type TestedServer,
	writeNote,
} from "../engines.ts";

for (const { name, engine, missing, start } of engines) {
	suite(`a session on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		/** Another process, as it were: it sees only what is stored. */
		let outside: Database<Tables>;
		before(async () => {
			server = await start();
			database = await openEmpty(server.options);
			outside = await openDatabase<Tables>(server.options);
		});
		after(async () => {
			await outside?.close();
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		const add = (text: string, db = database.db) => writeNote(db, text);
		const stored = (like: string) => storedNotes(outside, like);

		const connectionsInUse = () => database.stats().inUse;

		test("stores all or nothing, through whichever object the statements come", async () => {
			await withSession(database, async (session) => {
				await add("all 1");
				await add("all 2", session.db);
				assert.deepEqual(await stored("all"), []);
				assert.equal(database.currentSession(), session);
			});
			assert.deepEqual(await stored("all"), ["all 1", "all 2"]);
			await assert.rejects(
				withSession(database, async () => {
					await add("nothing");
					throw new Error("on purpose");
				}),
				/on purpose/,
			);
			assert.deepEqual(await stored("nothing"), []);
			assert.equal(database.currentSession(), undefined);
			assert.equal(connectionsInUse(), 0);
		});

		test("takes no connection before its first statement, and none for longer than a read takes", async () => {
			await withSession(database, async () => {
				assert.equal(connectionsInUse(), 0);
				await database.db.selectFrom("note").selectAll().execute();
				assert.equal(connectionsInUse(), 0);
				await add("first");
				assert.equal(connectionsInUse(), 1);
			});
			assert.equal(connectionsInUse(), 0);
		});

		test("reads what it has written", async () => {
			await withSession(database, async () => {
				await add("own");
				const row = await database.db
					.selectFrom("note")
					.selectAll()
					.where("text", "=", "own")
					.executeTakeFirst();
				assert.equal(row?.text, "own");
			});
		});

		test("with a snapshot sees one state of the data", async () => {
			await withSession(
				database,
				async () => {
					const count = () =>
						database.db
							.selectFrom("note")
							.select(({ fn }) => fn.countAll<number>().as("count"))
							.executeTakeFirstOrThrow();
					const before = await count();
					await add("meanwhile", outside.db);
					assert.deepEqual(await count(), before);
				},
				{ snapshot: true, readOnly: true },
			);
		});

		test("that only reads refuses to write", async () => {
			await assert.rejects(
				withSession(database, () => add("refused"), { readOnly: true }),
				/readOnly/,
			);
			assert.equal(connectionsInUse(), 0);
		});

		test("runs statements that come at once one after the other, with one begin", async () => {
			await withSession(database, async () => {
				await Promise.all(
					Array.from({ length: 20 }, (_, index) => add(`at once ${index}`)),
				);
				assert.equal(connectionsInUse(), 1);
			});
			assert.equal((await stored("at once")).length, 20);
		});

		test("goes on after a statement that was refused in a part of its own", async () => {
			await withSession(database, async (session) => {
				await add("same");
				await assert.rejects(
					session.nested(() => add("same")),
					isDuplicateKey,
				);
				await add("same but different");
			});
			assert.deepEqual(await stored("same"), ["same", "same but different"]);
		});

		test("goes on after a statement that was refused, where the engine does", async () => {
			const work = withSession(database, async () => {
				await add("again");
				await assert.rejects(add("again"), isDuplicateKey);
				await add("again but different");
			});
			if (engine === "postgres") {
				await assert.rejects(work, spoiledBy(isDuplicateKey));
			} else {
				await work;
			}
			assert.deepEqual(
				await stored("again"),
				engine === "postgres" ? [] : ["again", "again but different"],
			);
		});

		test("says that a refused statement has undone all, where it has, also at the commit", async () => {
			const work = withSession(database, async () => {
				await add("spoilt");
				await assert.rejects(add("spoilt"), isDuplicateKey);
			});
			if (engine === "postgres") {
				await assert.rejects(work, spoiledBy(isDuplicateKey));
			} else {
				await work;
			}
			assert.equal(
				(await stored("spoilt")).length,
				engine === "postgres" ? 0 : 1,
			);
			assert.equal(database.stats().inUse, 0);
		});

		test("refuses statements after its end, and says why", async () => {
			let kept: Session<Tables> | undefined;
			let later: Promise<unknown> | undefined;
			const gate = new EventEmitter();
			await withSession(database, (session) => {
				kept = session;
				later = once(gate, "open").then(() => add("too late"));
			});
			gate.emit("open");
			await assert.rejects(later ?? Promise.resolve(), SessionEndedError);
			await assert.rejects(
				add("too late", kept?.db),
				/the database session is committed/,
			);
			assert.deepEqual(await stored("too late"), []);
		});

		test("refuses what would begin or end its transaction", async () => {
			for (const text of ["commit", " ROLLBACK", "begin", "savepoint a"]) {
				await assert.rejects(
					withSession(database, () => sql.raw(text).execute(database.db)),
					/session\.nested/,
				);
			}
			await assert.rejects(
				withSession(database, () => database.db.startTransaction().execute()),
				/startTransaction/,
			);
		});

		test("undoes a nested part alone", async () => {
			await withSession(database, async (session) => {
				await add("nested: outer");
				await assert.rejects(
					session.nested(async (inner) => {
						await add("nested: undone");
						await add("nested: undone too", inner.db);
						await add("nested: through the outer one", session.db);
						throw new Error("on purpose");
					}),
					/on purpose/,
				);
				await session.nested(async (inner) => {
					await add("nested: kept");
					await inner.nested(() => add("nested: twice"));
					await assert.rejects(
						inner.nested(async () => {
							await add("nested: thrice");
							throw new Error("on purpose");
						}),
					);
				});
				await add("nested: last");
			});
			assert.deepEqual(await stored("nested"), [
				"nested: outer",
				"nested: kept",
				"nested: twice",
				"nested: last",
			]);
		});

		test("keeps nested parts that run at the same time apart", async () => {
			await withSession(database, async (session) => {
				const part = (index: number) =>
					session.nested(async () => {
						await add(`part ${index} a`);
						await nextTurn();
						await add(`part ${index} b`);
						if (index % 2) {
							throw new Error("on purpose");
						}
					});
				await Promise.allSettled([
					...[0, 1, 2, 3].map(part),
					add("part between"),
				]);
			});
			const rows = await stored("part");
			assert.deepEqual(rows.sort(), [
				"part 0 a",
				"part 0 b",
				"part 2 a",
				"part 2 b",
				"part between",
			]);
		});

		test("takes db.transaction() and another withSession() as nested parts", async () => {
			const transfer = (text: string, fails = false) =>
				database.db.transaction().execute(async (trx) => {
					await add(`${text} by trx`, trx);
					await add(`${text} by db`);
					await database.db
						.withSchema(schemas[engine])
						.transaction()
						.execute((inner) => add(`${text} deeper`, inner));
					if (fails) {
						throw new Error("on purpose");
					}
				});
			await withSession(database, async () => {
				await transfer("one");
				await assert.rejects(transfer("one failing", true), /on purpose/);
				await withSession(database, () => add("one more"));
				assert.deepEqual(await stored("one"), []);
			});
			assert.deepEqual(await stored("one"), [
				"one by trx",
				"one by db",
				"one deeper",
				"one more",
			]);
		});

		test("calls what was left for after the commit, and only then", async () => {
			const calls: string[] = [];
			const log: string[] = [];
			await withSession(
				database,
				async (session) => {
					session.afterCommit(async () => {
						calls.push(`stored ${(await stored("hook")).length}`);
						await add("hook: written outside");
						assert.equal(database.currentSession(), undefined);
					});
					session.afterCommit(() => {
						throw new Error("a failing hook");
					});
					await session.nested((inner) =>
						inner.afterCommit(() => calls.push("nested")),
					);
					await assert.rejects(
						session.nested((inner) => {
							inner.afterCommit(() => calls.push("undone"));
							throw new Error("on purpose");
						}),
					);
					await add("hook: inside");
					assert.deepEqual(calls, []);
				},
				{ log: (line) => log.push(line) },
			);
			assert.deepEqual(calls, ["stored 1", "nested"]);
			assert.match(log.join(), /a failing hook/);
			await assert.rejects(
				withSession(database, (session) => {
					session.afterCommit(() => calls.push("never"));
					throw new Error("on purpose");
				}),
			);
			assert.equal(calls.length, 2);
		});

		test("never mixes with others that run at the same time", async () => {
			const write = async (index: number) => {
				await add(`many ${index} a`);
				await nextTurn();
				await add(`many ${index} b`);
				if (index % 4 === 0) {
					throw new Error("on purpose");
				}
			};
			const results = await Promise.allSettled(
				Array.from({ length: 60 }, (_, index) =>
					withSession(database, () => write(index)),
				),
			);
			assert.equal(
				results.filter(({ status }) => status === "fulfilled").length,
				45,
			);
			assert.equal((await stored("many")).length, 90);
			assert.equal(connectionsInUse(), 0);
		});

		test("ends when its time is up, and what comes later is told so", async () => {
			await assert.rejects(
				withSession(
					database,
					async () => {
						await add("slow");
						for (;;) {
							await nextTurn();
							await add(`slow ${performance.now()}`);
						}
					},
					{ timeoutMs: 20 },
				),
				{ code: "SESSION_TIMEOUT" },
			);
			assert.deepEqual(await stored("slow"), []);
			assert.equal(connectionsInUse(), 0);
			await add("after the slow one");
		});

		test("ends when its signal is aborted, but for a shutdown", async () => {
			const gone = new AbortController();
			await assert.rejects(
				withSession(
					database,
					async () => {
						await add("gone");
						gone.abort(new Error("nobody waits"));
						await until(() => connectionsInUse() === 0);
						await add("gone 2");
					},
					{ signal: gone.signal },
				),
				/nobody waits/,
			);
			assert.deepEqual(await stored("gone"), []);
			const stopping = new AbortController();
			await withSession(
				database,
				async () => {
					await add("finished");
					stopping.abort("shutdown");
				},
				{ signal: stopping.signal },
			);
			assert.deepEqual(await stored("finished"), ["finished"]);
		});

		test("never lets a statement slip out of its transaction while it is stored", async () => {
			for (let turn = 0; turn < 20; turn++) {
				let late: Promise<unknown> | undefined;
				await withSession(database, async (session) => {
					await add(`slip ${turn}`);
					void (async () => {
						for (let tick = 0; tick < turn; tick++) {
							await undefined;
						}
						late = session.run(() => add(`slip ${turn} late`));
						late.catch(() => undefined);
					})();
				});
				const isStored = await late?.then(
					() => true,
					(error) => {
						assert.ok(error instanceof SessionEndedError);
						return false;
					},
				);
				assert.equal(
					(await stored(`slip ${turn} late`)).length,
					isStored ? 1 : 0,
				);
			}
			assert.equal(connectionsInUse(), 0);
		});

		test("streams rows, in its transaction where it has one", async () => {
			await withSession(database, async () => {
				const texts = async () => {
					const seen: (string | null)[] = [];
					const rows = database.db
						.selectFrom("note")
						.select("text")
						.where("text", "like", "streamed%")
						.stream();
					for await (const { text } of rows) {
						seen.push(text);
					}
					return seen;
				};
				assert.deepEqual(await texts(), []);
				await add("streamed");
				assert.deepEqual(await texts(), ["streamed"]);
			});
		});

		test("by hand is undone unless it is committed", async () => {
			{
				await using session = database.session();
				await add("by hand: forgotten", session.db);
			}
			{
				await using session = database.session();
				await add("by hand: kept", session.db);
				await session.commit();
			}
			assert.deepEqual(await stored("by hand"), ["by hand: kept"]);
			assert.equal(connectionsInUse(), 0);
		});
	});
}

suite("a session on MariaDB alone", {
	skip: engines[1]?.missing ?? false,
}, () => {
	let server: TestedServer;
	let database: Database<Tables>;
	before(async () => {
		server = (await engines[1]?.start()) as TestedServer;
		database = await openEmpty(server.options);
	});
	after(async () => {
		await database?.close();
		await server?.[Symbol.asyncDispose]();
	});

	const row = (id: number) =>
		database.db.selectFrom("note").selectAll().where("id", "=", id);
	const set = (id: number, text: string) =>
		database.db.updateTable("note").set({ text }).where("id", "=", id);

	test("begins with a read that locks", async () => {
		await withSession(database, async () => {
			await row(1).forUpdate().execute();
			assert.equal(database.stats().inUse, 1);
		});
		await withSession(database, async () => {
			await sql`select 1 from note for share`
				.execute(database.db)
				.catch(() =>
					sql`select 1 from note lock in share mode`.execute(database.db),
				);
			assert.equal(database.stats().inUse, 1);
		});
	});

	test("is run again after a deadlock, from its beginning", async () => {
		await database.db
			.insertInto("note")
			.values([
				{ id: 1, text: "a" },
				{ id: 2, text: "b" },
			])
			.execute();
		let runs = 0;
		const swap = (first: number, second: number) =>
			withSession(
				database,
				async () => {
					runs++;
					await row(first).forUpdate().execute();
					await meet();
					await set(second, `by ${first} ${runs}`).execute();
				},
				{ retries: 3 },
			);
		const both = Promise.withResolvers<void>();
		let arrived = 0;
		const meet = () => {
			arrived++;
			if (arrived === 2) {
				both.resolve();
			}
			return both.promise;
		};
		await Promise.all([swap(1, 2), swap(2, 1)]);
		assert.ok(runs > 2, `${runs} runs`);
		assert.equal(database.stats().inUse, 0);
	});

	test("can't store its rest when a deadlock was caught and passed over", async () => {
		const other = await openDatabase<Tables>(server.options);
		try {
			const first = Promise.withResolvers<void>();
			const second = Promise.withResolvers<void>();
			const rival = withSession(other, async ({ db }) => {
				await db
					.selectFrom("note")
					.selectAll()
					.where("id", "=", 2)
					.forUpdate()
					.execute();
				await sql`select count(*) from note`.execute(db);
				first.resolve();
				await second.promise;
				// the heavier transaction survives
				await db
					.insertInto("note")
					.values(Array.from({ length: 50 }, (_, i) => ({ text: `w${i}` })))
					.execute();
				await db
					.updateTable("note")
					.set({ amount: 1 })
					.where("id", "=", 1)
					.execute();
			});
			const passedOver = withSession(database, async () => {
				await row(1).forUpdate().execute();
				second.resolve();
				await first.promise;
				await set(2, "half")
					.execute()
					.catch(() => undefined);
				await set(1, "the other half").execute();
			});
			const [one, two] = await Promise.allSettled([passedOver, rival]);
			if (one.status === "rejected") {
				assert.equal(one.reason.errno, 1213);
			} else {
				assert.equal(two.status, "rejected");
			}
			const after = await row(1).executeTakeFirst();
			if (one.status === "rejected") {
				assert.notEqual(after?.text, "the other half");
			}
		} finally {
			await other.close();
		}
	});

	test("keeps its own error when the rollback fails", async () => {
		await assert.rejects(
			withSession(database, async () => {
				await sql`update note set amount = 2`.execute(database.db);
				const { rows } = await sql<{ id: number }>`
					select connection_id() as id`.execute(database.db);
				const killer = await openDatabase<Tables>(server.options);
				await sql.raw(`kill ${rows[0]?.id}`).execute(killer.db);
				await killer.close();
				throw new Error("the program's own");
			}),
			/the program's own/,
		);
		assert.equal(database.stats().inUse, 0);
	});

	test("whose connection was killed reports that its commit failed", async () => {
		await assert.rejects(
			withSession(database, async () => {
				await sql`update note set amount = 3`.execute(database.db);
				const { rows } = await sql<{ id: number }>`
					select connection_id() as id`.execute(database.db);
				const killer = await openDatabase<Tables>(server.options);
				await sql.raw(`kill ${rows[0]?.id}`).execute(killer.db);
				await killer.close();
			}),
		);
		assert.equal(
			await row(1)
				.executeTakeFirst()
				.then((one) => one?.amount === 3),
			false,
		);
		assert.equal(database.stats().inUse, 0);
	});

	test("ends a slow statement when its time is up", async () => {
		const begun = performance.now();
		await assert.rejects(
			withSession(
				database,
				async () => {
					await sql`update note set amount = 4`.execute(database.db);
					await sql`select sleep(8)`.execute(database.db);
				},
				{ timeoutMs: 100 },
			),
			{ code: "SESSION_TIMEOUT" },
		);
		assert.ok(performance.now() - begun < 5_000);
		assert.equal(database.stats().inUse, 0);
	});

	test("says that rows are being streamed, rather than wait for ever", async () => {
		await withSession(database, async () => {
			await set(1, "streaming").execute();
			const rows = database.db.selectFrom("note").selectAll().stream(1);
			for await (const _ of rows) {
				await assert.rejects(set(1, "x").execute(), /streamed/);
				break;
			}
			await set(1, "streamed").execute();
		});
	});

	test("has the isolation that was asked for", async () => {
		await withSession(
			database,
			async () => {
				await set(1, "isolated").execute();
				const { rows } = await sql<{ level: string }>`
					select trx_isolation_level as level from information_schema.innodb_trx
					where trx_mysql_thread_id = connection_id()`.execute(database.db);
				assert.equal(rows[0]?.level, "READ COMMITTED");
			},
			{ isolation: "read committed" },
		);
	});
});

test("a SQLite session that keeps others from writing for long is reported", async () => {
	await using database = await openDatabase<Tables>({ url: "sqlite::memory:" });
	await createNote(database.db);
	const log: string[] = [];
	await withSession(
		database,
		async () => {
			await database.db.insertInto("note").values({ text: "a" }).execute();
			const until = performance.now() + 60;
			while (performance.now() < until) {
				await nextTurn();
			}
		},
		{ log: (line) => log.push(line) },
	);
	assert.equal(log.length, 1);
	assert.match(log[0] ?? "", /kept everybody else .* "insert into "note"/);
});

/** The schema that tables are in unless another one is named. */
const schemas = {
	sqlite: "main",
	mysql: "vivace",
	postgres: "public",
} as const;

/** The error of a transaction that PostgreSQL has given up. */
function spoiledBy(isCause: (error: unknown) => boolean) {
	return (error: DatabaseError): boolean => {
		assert.equal(error.code, "TRANSACTION_SPOILED");
		assert.match(error.message, /session\.nested\(\)/);
		assert.ok(isCause(error.cause));
		assert.equal(isUnavailable(error) || isSafeToRetry(error), false);
		return true;
	};
}
