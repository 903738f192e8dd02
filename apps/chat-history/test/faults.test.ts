import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";
import { TcpProxy } from "../../../packages/vivace/test/support/tcp-proxy.ts";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { ChatProcess } from "./chat-process.ts";
import { Load, storedOn } from "./load.ts";

const messageCount = 200;
const defaultPoolSize = 10;

/** The parts of a running service that a fault befalls. */
interface Scene {
	readonly server: MariaDb;
	/** The network between the service and its server. */
	readonly proxy: TcpProxy;
	readonly load: Load;
}

interface Fault {
	readonly name: string;
	/** Options of the server. */
	readonly flags?: readonly string[];
	/** Settings of the service. */
	readonly settings?: Readonly<Record<string, string>>;
	/** Makes the fault, and ends it if it does not end by itself. The clients go on meanwhile. */
	readonly strike: (scene: Scene) => Promise<void>;
	/** Whether the clients pause while it strikes, so that connections are idle. */
	readonly isIdle?: boolean;
}

const impatient = {
	MYSQL_DB_QUERY_TIMEOUT_MS: "300",
	MYSQL_DB_ACQUIRE_TIMEOUT_MS: "500",
};

const faults: readonly Fault[] = [
	{
		name: "idle connections killed",
		isIdle: true,
		strike: async ({ server }) => {
			assert.ok(await kill(server, () => true));
		},
	},
	{
		name: "connections killed in a statement",
		strike: ({ server }) =>
			until(() => kill(server, ({ command }) => command === "Query")),
	},
	{
		name: "connections killed in a transaction",
		strike: async ({ server }) => {
			await until(async () => {
				const rows = await server.root(
					"select trx_mysql_thread_id as id from information_schema.innodb_trx",
				);
				const open = new Set(rows.map(({ id }) => Number(id)));
				return kill(server, ({ id }) => open.has(Number(id)));
			});
		},
	},
	{
		name: "server restarted by SIGTERM",
		strike: async ({ server }) => {
			await server.stop("SIGTERM");
			await server.resume();
		},
	},
	{
		name: "server restarted by SIGKILL",
		strike: async ({ server }) => {
			await server.stop("SIGKILL");
			await server.resume();
		},
	},
	{
		name: "max_connections reached",
		settings: { MYSQL_DB_POOL_SIZE: "30" },
		strike: async ({ server, load }) => {
			// 10 is the least. Who may administer connections gets one more, which is root's here.
			await server.root(
				"revoke super, connection admin on *.* from app; set global max_connections = 10; kill user app",
			);
			await load.more(messageCount);
			// a session that has just been refused may still have root's place
			await until(() =>
				server
					.root("set global max_connections = 151")
					.then(() => true, isFull),
			);
		},
	},
	{
		name: "table locked past the deadline of statements",
		settings: impatient,
		strike: async ({ server }) => {
			const { database } = server.account;
			await server.root(
				`lock tables ${database}.chat_history write; do sleep(1.5); unlock tables`,
			);
		},
	},
	{
		name: "network stalled and healed",
		settings: impatient,
		strike: async ({ proxy, load }) => {
			proxy.stall();
			await load.refused();
			proxy.heal();
		},
	},
	{
		name: "idle connections dropped in silence",
		isIdle: true,
		flags: ["--wait-timeout=2"], // in seconds: nobody tells the server either
		strike: async ({ proxy }) => {
			proxy.forget();
			// A firewall drops idle connections after minutes; after half a second the pool asks before it lends.
			await sleep(600);
		},
	},
];

suite("the service under load when its MariaDB fails: every acknowledged message is there, once", {
	skip: MariaDb.missing ?? false,
}, () => {
	for (const { name, flags, settings, strike, isIdle = false } of faults) {
		test(name, async (t) => {
			await using server = await MariaDb.start(flags);
			await using proxy = await TcpProxy.start(server.port);
			const { account } = server;
			await using service = new ChatProcess({
				MYSQL_DB_HOST: account.host,
				MYSQL_DB_PORT: String(proxy.port),
				MYSQL_DB_USER: account.user,
				MYSQL_DB_PASSWORD: account.password,
				MYSQL_DB_NAME: account.database,
				MYSQL_DB_POOL_SIZE: String(defaultPoolSize),
				...settings,
			});
			await using load = new Load(await service.listens(), 2 * defaultPoolSize);
			await load.more(messageCount);
			if (isIdle) {
				await load.pause();
			}
			load.report();
			await strike({ server, proxy, load });
			if (isIdle) {
				load.resume();
			}
			await load.more(messageCount);
			t.diagnostic(JSON.stringify(load.report()));
			await load.stop();

			assert.deepEqual(
				(await storedOn(server)).toSorted(),
				load.acknowledged.toSorted(),
			);
			const poolSize = Number(settings?.MYSQL_DB_POOL_SIZE ?? defaultPoolSize);
			await until(async () => {
				const sessions = await server.sessions();
				const isIdle = sessions.every(({ command }) => command === "Sleep");
				return isIdle && sessions.length <= poolSize;
			});
			const [row] = await server.root(
				"select count(*) as open from information_schema.innodb_trx",
			);
			assert.equal(Number(row?.open), 0);
			service.signal("SIGTERM");
			assert.deepEqual(await service.ended, [0, null], service.output);
			await until(async () => (await server.sessions()).length === 0);
		});
	}
});

/** Kills the sessions that are meant; tells whether there was one. */
async function kill(
	server: MariaDb,
	isMeant: (session: { id: number; command: string }) => boolean,
): Promise<boolean> {
	const meant = (await server.sessions()).filter(isMeant);
	for (const { id } of meant) {
		await server.root(`kill ${id}`).catch(isGone);
	}
	return meant.length > 0;
}

/** The server has no place for one more (1040): false, to be asked again. */
function isFull(error: { readonly errno?: number }): false {
	if (error.errno !== 1040) {
		throw error;
	}
	return false;
}

/** A session may have ended by itself (1094). */
function isGone(error: { readonly errno?: number }): void {
	if (error.errno !== 1094) {
		throw error;
	}
}
