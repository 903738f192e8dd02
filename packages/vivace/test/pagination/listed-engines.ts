import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import {
	engines,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import { openDatabase } from "../../src/database.ts";
import type { columnTypes } from "./random-tables.ts";

/** Tables of any columns. */
export interface Tables {
	[name: string]: Record<string, unknown>;
}

/** An engine that lists are read from. */
export interface ListedEngine {
	readonly name: string;
	readonly dialect: keyof typeof columnTypes;
	readonly missing?: string | undefined;
	start(): Promise<AsyncDisposable & { readonly db: Kysely<Tables> }>;
}

/** Our own databases, and one by a dialect of Kysely's. */
export const listedEngines: readonly ListedEngine[] = [
	...engines.map(({ name, engine, missing, start }) => ({
		name,
		dialect: engine,
		missing,
		async start() {
			const server: TestedServer = await start();
			const database = await openDatabase<Tables>(server.options);
			return {
				db: database.db,
				async [Symbol.asyncDispose]() {
					await database.close();
					await server[Symbol.asyncDispose]();
				},
			};
		},
	})),
	{
		name: "PostgreSQL, by a dialect of Kysely's",
		dialect: "postgres",
		async start() {
			const db = new Kysely<Tables>({
				dialect: new PGliteDialect({ pglite: new PGlite() }),
			});
			return { db, [Symbol.asyncDispose]: () => db.destroy() };
		},
	},
];
