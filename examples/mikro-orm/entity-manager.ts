import { AsyncLocalStorage } from "node:async_hooks";
import { defineEntity, type InferEntity, p } from "@mikro-orm/core";
import {
	type EntityManager,
	MikroORM,
	NodeSqliteDialect,
	SqliteDriver,
} from "@mikro-orm/sql";
import { type Dependency, dependency } from "vivace";

export const Account = defineEntity({
	name: "Account",
	properties: {
		id: p.integer().primary(),
		balance: p.integer(),
	},
});
export type Account = InferEntity<typeof Account>;

/** The entity manager of the request that is running. */
const current = new AsyncLocalStorage<EntityManager>();

/** Connects before the first request and closes after the last. */
export const orm: Dependency<MikroORM, "app"> = dependency(
	async function* orm() {
		const path = process.env.DATABASE ?? ":memory:";
		const orm = await MikroORM.init({
			driver: SqliteDriver,
			dbName: path,
			driverOptions: new NodeSqliteDialect(path),
			entities: [Account],
			// the global manager means the request's, wherever it is used
			context: () => current.getStore(),
		});
		await orm.schema.update();
		yield orm;
		await orm.close();
	},
	{ scope: "app" },
);

/**
 * A unit of work for each request. What the handler has changed is written in one transaction when it has returned, before the response
 * leaves; when it throws, or answers with an error status, nothing is.
 */
export const entities: Dependency<EntityManager, "function"> = dependency(
	{ orm },
	async function* entities({ orm }) {
		const manager = orm.em.fork();
		yield manager;
		await manager.flush();
	},
	{ scope: "function", around: (manager, next) => current.run(manager, next) },
);
