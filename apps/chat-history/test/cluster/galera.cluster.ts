import assert from "node:assert/strict";
import { after, before, suite, type TestContext, test } from "node:test";
import {
	Galera,
	isPrimary,
	isSynced,
} from "../../../../packages/vivace/test/support/galera.ts";
import type { MariaDb } from "../../../../packages/vivace/test/support/mariadb.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import { ChatProcess } from "../chat-process.ts";
import { storedOn } from "../faults/faulty-mariadb.ts";
import { Load } from "../load.ts";
import { type PairPlace, Transactions } from "./transactions.ts";

/** Nothing is timed: this only ends a test that hangs. */
const limitMs = 180_000;
const messageCount = 500;
const defaultPoolSize = 10;

suite("the service on a cluster of three that fails under load", {
	skip: Galera.missing ?? false,
	timeout: 3 * limitMs,
}, () => {
	let cluster: Galera;
	before(async () => {
		cluster = await Galera.start();
	});
	after(() => cluster?.[Symbol.asyncDispose]());

	const start = () => {
		const [first] = cluster.nodes;
		return new ChatProcess({
			MYSQL_DB_HOST: cluster.nodes.map(nameOf).join(","),
			MYSQL_DB_USER: first.account.user,
			MYSQL_DB_PASSWORD: first.account.password,
			MYSQL_DB_NAME: first.account.database,
			MYSQL_DB_POOL_SIZE: String(defaultPoolSize),
		});
	};

	/** Nothing more may be lent to the servers than the pool holds, and nothing to those that it has left. */
	async function assertAllOn(current: MariaDb): Promise<void> {
		await until(async () => {
			for (const node of cluster.nodes) {
				const { length } = await node.sessions();
				if (node === current ? length > defaultPoolSize : length > 0) {
					return false;
				}
			}
			return true;
		});
	}

	/** Every message that was acknowledged is there, once, and no other one; on every node. */
	async function assertExactlyOnce(load: Load): Promise<void> {
		const acknowledged = load.acknowledged.toSorted();
		for (const node of cluster.nodes) {
			assert.deepEqual((await storedOn(node)).toSorted(), acknowledged);
		}
	}

	/** The claims that hold after every fault: nothing lost, nothing twice, no connection left behind, and the service still well. */
	async function assertSound(
		load: Load,
		service: ChatProcess,
		current: MariaDb,
	): Promise<void> {
		await load.stop();
		await assertExactlyOnce(load);
		await assertAllOn(current);
		service.signal("SIGTERM");
		assert.deepEqual(await service.ended, [0, null], service.output);
		for (const node of cluster.nodes) {
			await until(async () => (await node.sessions()).length === 0);
		}
	}

	async function assertSurvives(
		t: TestContext,
		fail: (writer: MariaDb) => Promise<void>,
		mend: (writer: MariaDb) => Promise<void>,
	): Promise<void> {
		for (const node of cluster.nodes) {
			await isSynced(node);
		}
		const [writer, second] = cluster.nodes;
		await emptyTables(writer);
		await using service = start();
		await using load = new Load(await service.listens());
		await using transactions = await Transactions.start(placeOf(cluster));
		await load.more(messageCount);
		load.report();

		const failedAt = performance.now();
		await fail(writer);
		await service.says(isUsed(second));
		t.diagnostic(`moved to the second node after ${since(failedAt)}`);
		await load.more(messageCount);
		t.diagnostic(`writer gone: ${JSON.stringify(load.report())}`);

		const mendedAt = performance.now();
		await mend(writer);
		await service.says(isUsed(writer));
		t.diagnostic(`back on the first node after ${since(mendedAt)}`);
		await load.more(messageCount);
		t.diagnostic(`writer back: ${JSON.stringify(load.report())}`);

		t.diagnostic(await transactions.assertTold());
		await assertSound(load, service, writer);
		const moves = service.output.match(/is used instead of/g)?.length;
		t.diagnostic(`${moves} moves from node to node`);
	}

	test(
		"killed: every acknowledged message is on every node, once",
		{
			timeout: limitMs,
		},
		(t) =>
			assertSurvives(
				t,
				(writer) => writer.stop("SIGKILL"),
				(writer) => cluster.rejoin(writer),
			),
	);

	test(
		"frozen: every acknowledged message is on every node, once",
		{
			timeout: limitMs,
		},
		(t) =>
			assertSurvives(
				t,
				async (writer) => writer.freeze(),
				async (writer) => {
					writer.thaw();
					await isSynced(writer); // it does not know yet that the others have gone on
				},
			),
	);

	test("two of three killed at once: 503 until an operator makes the third one the cluster, and every acknowledged message is on every node, once", {
		timeout: limitMs,
	}, async (t) => {
		for (const node of cluster.nodes) {
			await isSynced(node);
		}
		const [writer, second, survivor] = cluster.nodes;
		await emptyTables(writer);
		await using service = start();
		await using load = new Load(await service.listens());
		await using transactions = await Transactions.start(placeOf(cluster));
		await load.more(messageCount);
		load.report();

		const killedAt = performance.now();
		await Promise.all([writer.stop("SIGKILL"), second.stop("SIGKILL")]);
		await until(async () => !(await isPrimary(survivor)));
		t.diagnostic(`quorum seen to be lost after ${since(killedAt)}`);
		await load.refused();
		t.diagnostic(`first refusal after ${since(killedAt)}`);
		const refused = load.report();
		assert.deepEqual(Object.keys(refused.refusals), ["503"]);

		const bootstrappedAt = performance.now();
		await survivor.root(
			"set global wsrep_provider_options = 'pc.bootstrap=YES'",
		);
		await load.more(1);
		t.diagnostic(`goes on ${since(bootstrappedAt)} after the bootstrap`);
		await load.more(messageCount);
		t.diagnostic(`without quorum: ${JSON.stringify(load.report())}`);

		await cluster.rejoin(writer);
		await cluster.rejoin(second);
		await service.says(isUsed(writer));
		await load.more(messageCount);
		t.diagnostic(`both back: ${JSON.stringify(load.report())}`);
		t.diagnostic(await transactions.assertTold());
		await assertSound(load, service, writer);
	});
});

function placeOf({ nodes }: Galera): PairPlace {
	const [first] = nodes;
	const { user, password, database } = first.account;
	return {
		options: (size) => ({
			mysql: {
				hosts: nodes.map(({ account: { host, port } }) => ({ host, port })),
				user,
				password,
				database,
				size,
				log: () => undefined,
			},
		}),
		async createTable() {
			await first.root(
				`create or replace table ${database}.pair (line int auto_increment primary key, id char(36), half int)`,
			);
		},
		halves: () =>
			Promise.all(
				nodes.map(async (node) => {
					const rows = await node.root(
						`set session wsrep_sync_wait = 1; select id, count(*) as halves from ${database}.pair group by id`,
					);
					return new Map(rows.map(({ id, halves }) => [id, Number(halves)]));
				}),
			),
	};
}

function nameOf({ account: { host, port } }: MariaDb): string {
	return `${host}:${port}`;
}

function isUsed(node: MariaDb): RegExp {
	return new RegExp(`database: ${nameOf(node)} is used instead of`);
}

function since(start: number): string {
	return `${Math.round(performance.now() - start)} ms`;
}

/** They are not there before the service was started for the first time. */
async function emptyTables(node: MariaDb): Promise<void> {
	const { database } = node.account;
	const tables = await node.root(
		`select table_name as name from information_schema.tables
			where table_schema = '${database}' and table_name in ('chat_history', 'chat_request')`,
	);
	for (const { name } of tables) {
		await node.root(`delete from ${database}.${name}`);
	}
}
