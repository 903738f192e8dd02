import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { inspect } from "node:util";
import { sql } from "kysely";
import { mysqlErrors } from "../../src/errors/mysql-errors.ts";
import { postgresErrors } from "../../src/errors/postgres-errors.ts";
import {
	CheckError,
	ConstraintError,
	type Database,
	DuplicateKeyError,
	ForeignKeyError,
	isDuplicateKey,
	isForeignKeyViolation,
	NotNullError,
	openDatabase,
	withSession,
} from "../../src/index.ts";
import { engines, type TestedServer } from "../engines.ts";

interface Tables {
	account: { id: number; email: string | null; age: number; team: string };
	post: { id: number; account_id: number };
}

const secret = "ada's secret";
const ada = { id: 1, email: secret, age: 36, team: "a" };

for (const { name, engine, missing, start } of engines) {
	suite(`errors of statements on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		before(async () => {
			server = await start();
			database = await openDatabase<Tables>(server.options);
			const { db } = database;
			await sql`create table account (id integer primary key, email varchar(100) unique, age int not null, team varchar(20) not null,
				constraint adult check (age >= 18), constraint one_age_in_team unique (team, age))`.execute(
				db,
			);
			await sql`create table post (id integer primary key, account_id integer not null,
				constraint written_by foreign key (account_id) references account (id))`.execute(
				db,
			);
			await sql`create unique index by_id_and_email on account (id, email)`.execute(
				db,
			);
			await db.insertInto("account").values(ada).execute();
			await db.insertInto("post").values({ id: 1, account_id: 1 }).execute();
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		const insert = (account: object) =>
			database.db
				.insertInto("account")
				.values({ ...ada, ...account } as Tables["account"])
				.execute();

		async function thrownBy(work: () => Promise<unknown>): Promise<Error> {
			try {
				await work();
			} catch (error) {
				assert.ok(error instanceof Error);
				return error;
			}
			throw new assert.AssertionError({ message: "nothing was thrown" });
		}

		const conflicts: [
			title: string,
			work: () => Promise<unknown>,
			type: typeof ConstraintError,
			constraint: string | undefined,
		][] = [
			[
				"a primary key",
				() => insert({ email: "b", team: "b" }),
				DuplicateKeyError,
				engine === "postgres" ? "account_pkey" : "PRIMARY",
			],
			[
				"a column that is unique",
				() => insert({ id: 2, team: "b" }),
				DuplicateKeyError,
				engine === "postgres" ? "account_email_key" : "email",
			],
			[
				"a unique constraint with a name",
				() => insert({ id: 2, email: "b" }),
				DuplicateKeyError,
				"one_age_in_team",
			],
			[
				"a check",
				() => insert({ id: 2, email: "b", age: 7 }),
				CheckError,
				"adult",
			],
			[
				"null",
				() => insert({ id: 2, email: "b", team: null }),
				NotNullError,
				undefined,
			],
			[
				"no value",
				() =>
					database.db
						.insertInto("account")
						.values({ id: 3, email: "c", age: 50 } as Tables["account"])
						.execute(),
				NotNullError,
				undefined,
			],
			[
				"a row that is not there",
				() =>
					database.db
						.insertInto("post")
						.values({ id: 2, account_id: 99 })
						.execute(),
				ForeignKeyError,
				engine === "sqlite" ? undefined : "written_by",
			],
			[
				"a row that is named",
				() => database.db.deleteFrom("account").where("id", "=", 1).execute(),
				ForeignKeyError,
				engine === "sqlite" ? undefined : "written_by",
			],
		];
		for (const [title, work, type, constraint] of conflicts) {
			test(`have a class for a constraint: ${title}`, async () => {
				const error = await thrownBy(work);
				assert.ok(error instanceof type, String(error.stack));
				assert.ok(error instanceof ConstraintError);
				assert.equal(error.constraint, constraint);
				assert.ok(error.cause instanceof Error);
				assert.match(error.sql, /^(?:insert into|delete from)/);
				assert.equal(isDuplicateKey(error), type === DuplicateKeyError);
				assert.equal(isForeignKeyViolation(error), type === ForeignKeyError);
				assert.deepEqual(
					error.columns,
					title === "null" || title === "no value" ? ["team"] : error.columns,
				);
			});

			test(`have no value of a row in them: ${title}`, async () => {
				assert.doesNotMatch(inspect(await thrownBy(work)), /secret/);
			});
		}

		const wrong: [title: string, work: () => Promise<unknown>][] = [
			["a refused row", () => insert({ id: 2, team: "b" })],
			[
				"an unknown column",
				() =>
					sql`select nope from account where email = ${secret}`.execute(
						database.db,
					),
			],
			[
				"what is no SQL",
				() =>
					sql`selec ${secret} from account where email = ${secret}`.execute(
						database.db,
					),
			],
			[
				"a stream",
				async () => {
					for await (const _ of database.db
						.selectFrom("account")
						.select("nope" as "id")
						.where("email", "=", secret)
						.stream()) {
						// there is none
					}
				},
			],
		];
		for (const [title, work] of wrong) {
			test(`name the statement and the program's line, and no value: ${title}`, async () => {
				const lineOfTheTest = async () => await work();
				for (const where of ["alone", "in a session"]) {
					const error = await thrownBy(() =>
						where === "alone"
							? lineOfTheTest()
							: withSession(database, lineOfTheTest),
					);
					assert.match(error.message, /; in: (?:insert|select?) .*account/);
					assert.match(error.stack ?? "", /statement-errors\.test\.ts/);
					assert.match(error.stack ?? "", /account/);
					assert.doesNotMatch(inspect(error), /secret/);
				}
			});
		}

		test("leave the session as it was after a refused row, on PostgreSQL in a part of its own", async () => {
			await withSession(database, async (session) => {
				await insert({ id: 40, email: "forty", age: 40 });
				const again = () => insert({ id: 40 });
				await assert.rejects(
					engine === "postgres" ? session.nested(again) : again(),
					DuplicateKeyError,
				);
				await insert({ id: 41, email: "forty-one", age: 41 });
			});
			const rows = await database.db
				.selectFrom("account")
				.select("id")
				.where("id", ">=", 40)
				.execute();
			assert.equal(rows.length, 2);
		});

		test("of a table that is not there speak of migrations", async () => {
			const nowhere = database.db.selectFrom("nowhere" as "post").selectAll();
			const error = await thrownBy(() => nowhere.execute());
			assert.match(
				error.message,
				/nowhere.*; in: select \* from \S+ \(tables are made by migrations: /,
			);
		});

		test("keep their driver's number", async () => {
			const error = await thrownBy(() =>
				sql`select nope from account`.execute(database.db),
			);
			const expected = {
				mysql: { errno: 1054 },
				sqlite: { errcode: 1 },
				postgres: { code: "42703" },
			};
			assert.partialDeepStrictEqual({ ...error }, expected[engine]);
		});
	});
}

test("messages of servers keep their names and lose their values", () => {
	const messages: [errno: number, message: string, expected: string][] = [
		[
			1062,
			"Duplicate entry 'O'Brien' for key 'x' for key 'account.email'",
			"Duplicate entry '…' for key 'account.email'",
		],
		[
			1366,
			"Incorrect integer value: 'it's' for column `a`.`b`.`c` at row 1",
			"Incorrect integer value: '…' for column `a`.`b`.`c` at row 1",
		],
		[
			1292,
			"Truncated incorrect DOUBLE value: 'secret'",
			"Truncated incorrect DOUBLE value: '…'",
		],
		[
			1690,
			"BIGINT value is out of range in '(`a`.`b` - 5)'",
			"BIGINT value is out of range in '…'",
		],
		[
			1064,
			"… the right syntax to use near 'x 'secret'' at line 1",
			"… the right syntax to use near '…' at line 1",
		],
		[
			1054,
			"Unknown column 'nope' in 'where clause'",
			"Unknown column 'nope' in 'where clause'",
		],
		[
			1146,
			"Table 'shop.nope' doesn't exist",
			"Table 'shop.nope' doesn't exist",
		],
		[1048, "Column 'n' cannot be null", "Column 'n' cannot be null"],
		[
			1411,
			"Incorrect datetime value: 'secret' for function str_to_date",
			"Incorrect datetime value: '…' for function str_to_date",
		],
	];
	for (const [errno, message, expected] of messages) {
		const error = Object.assign(new Error(message), {
			errno,
			sqlState: "HY000",
			sqlMessage: message,
		});
		assert.equal(mysqlErrors.withoutValues(error, ""), true);
		assert.equal(error.message, expected);
		assert.equal(error.sqlMessage, expected);
		assert.equal(error.stack?.includes("secret"), false);
	}
});

test("messages of PostgreSQL keep their names and lose their values", () => {
	const messages: readonly [
		code: string,
		message: string,
		expected: string,
		detail?: string,
		told?: string,
	][] = [
		[
			"23505",
			'duplicate key value violates unique constraint "account_email_key"',
			'duplicate key value violates unique constraint "account_email_key"',
			"Key (email, lower(name))=(secret, (b)) already exists.",
			"Key (email, lower(name))=(…) already exists.",
		],
		[
			"23514",
			'new row for relation "account" violates check constraint "adult"',
			'new row for relation "account" violates check constraint "adult"',
			"Failing row contains (1, secret, 7).",
			"Failing row contains (…).",
		],
		[
			"22P02",
			'invalid input syntax for type integer: "secret "x""',
			'invalid input syntax for type integer: "…"',
		],
		["42703", 'column "nope" does not exist', 'column "nope" does not exist'],
	];
	for (const [code, message, expected, detail, told] of messages) {
		const error = Object.assign(new Error(message), {
			code,
			severity: "ERROR",
			detail,
			where: "SQL statement \"insert … 'secret'\"",
		});
		assert.equal(postgresErrors.withoutValues(error, ""), true);
		assert.equal(error.message, expected);
		assert.equal(error.detail, told);
		assert.equal(inspect(error).includes("secret"), false);
	}
});
