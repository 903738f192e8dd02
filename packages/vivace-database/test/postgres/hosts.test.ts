import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import { until } from "../../../vivace/test/support/until.ts";
import {
	type Database,
	isUnavailable,
	openDatabase,
	type PostgresOptions,
} from "../../src/index.ts";
import { openEmpty, type Tables } from "../engines.ts";

for (const failure of ["killed", "frozen"] as const) {
	suite(`a primary that is ${failure} under load, and its standby`, {
		skip: Postgres.missing ?? false,
	}, () => {
		let primary: Postgres;
		let standby: Postgres;
		before(async () => {
			primary = await Postgres.start();
			await (await openEmpty({ postgres: primary.account })).close();
			// every acknowledged row is on both
			standby = await primary.standby();
			await primary.root("alter system set synchronous_standby_names = '*'");
			await primary.root("select pg_reload_conf()");
		});
		after(async () => {
			await standby?.[Symbol.asyncDispose]();
			await primary?.[Symbol.asyncDispose]();
		});

		function open(
			lines: string[],
			options: Partial<PostgresOptions> = {},
		): Promise<Database<Tables>> {
			const { user, password, database } = primary.account;
			return openDatabase<Tables>({
				postgres: {
					// the standby stands first: the writer is found, wherever it is
					hosts: [
						{ host: "127.0.0.1", port: standby.port },
						{ host: "127.0.0.1", port: primary.port },
					],
					user,
					password,
					database,
					size: 4,
					acquireTimeoutMs: 60_000,
					pingTimeoutMs: 100,
					connectTimeoutMs: 500,
					log: (line) => lines.push(line),
					...options,
				},
			});
		}

		const portOf = async ({ db }: Database<Tables>) =>
			(
				await db
					.selectNoFrom(sql<string>`current_setting('port')`.as("port"))
					.execute()
			)[0]?.port;

		test("the writer is used, and after the promotion the new one; no acknowledged row is lost", async () => {
			const lines: string[] = [];
			await using database = await open(lines);
			assert.equal(await portOf(database), String(primary.port));

			const acknowledged: string[] = [];
			let isOver = false;
			const loops = Array.from({ length: 6 }, async (_, loop) => {
				for (let index = 0; !isOver; index++) {
					const text = `${loop} ${index}`;
					try {
						await database.db.insertInto("note").values({ text }).execute();
						acknowledged.push(text);
					} catch (error) {
						assert.ok(isUnavailable(error), String(error));
					}
				}
			});
			try {
				await until(() => acknowledged.length > 30);
				if (failure === "killed") {
					await primary.stop("SIGKILL");
				} else {
					await primary.freeze();
				}
				await standby.promote();
				const before = acknowledged.length;
				await until(() => acknowledged.length > before + 30);
			} finally {
				isOver = true; // a test that fails would leave them to spin
			}
			await Promise.all(loops);
			assert.equal(await portOf(database), String(standby.port));
			const rows = await standby.root("select text from note", "vivace");
			const found = new Set(rows.map(({ text }) => text));
			assert.deepEqual(
				acknowledged.filter((text) => !found.has(text)),
				[],
			);
			assert.equal(rows.length, found.size);
			assert.ok(lines.length > 0);

			// it comes back as if nothing had happened: who wrote there would lose it
			await (failure === "killed" ? primary.resume() : primary.thaw());
			await standby.stop("SIGINT");
			await standby.resume();
			await until(() =>
				database.db
					.insertInto("note")
					.values({ text: "after all" })
					.execute()
					.then(
						() => true,
						() => false,
					),
			);
			assert.equal(await portOf(database), String(standby.port));
		});
	});
}
