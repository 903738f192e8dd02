import assert from "node:assert/strict";
import { after, before, suite, type TestContext, test } from "node:test";
import { Postgres } from "../../../../packages/vivace/test/support/postgres.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import { ChatProcess } from "../chat-process.ts";
import { chatUrl, storedOn } from "../faults/faulty-postgres.ts";
import { Load } from "../load.ts";
import { type PairPlace, Transactions } from "./transactions.ts";

/** Nothing is timed: this only ends a test that hangs. */
const timeout = 180_000;
const messageCount = 500;
const poolSize = 10;

/** The way in which a primary fails. */
type Failure = "killed" | "frozen";

/** A primary and its standby, of which one may be replaced by a copy of the other on the same port. */
class Pair implements AsyncDisposable {
	primary: Postgres;
	standby: Postgres;

	private constructor(primary: Postgres, standby: Postgres) {
		this.primary = primary;
		this.standby = standby;
	}

	static async start(replication: "synchronous" | "asynchronous") {
		const primary = await Postgres.start();
		const standby = await primary.standby();
		const pair = new Pair(primary, standby);
		if (replication === "synchronous") {
			await pair.synchronize();
		}
		return pair;
	}

	/** From here on the primary acknowledges what its standby has on the disk. */
	async synchronize(): Promise<void> {
		await this.primary.root("alter system set synchronous_standby_names = '*'");
		await this.primary.root("select pg_reload_conf()");
		await until(async () => {
			const [row] = await this.primary.root(
				"select count(*) as standbys from pg_stat_replication where sync_state = 'sync'",
			);
			return Number(row?.standbys) === 1;
		});
	}

	/** The standby takes over, as an operator or a tool for it has it do, and waits for no standby of its own. */
	async promote(): Promise<void> {
		await this.standby.promote();
		[this.primary, this.standby] = [this.standby, this.primary];
	}

	/** The one that was the primary comes back as the standby of the other, with all that was said meanwhile. */
	async replaceStandby(): Promise<void> {
		const { port } = this.standby;
		await this.standby[Symbol.asyncDispose]();
		this.standby = await this.primary.standby([], port);
	}

	/** The service on both, its variables beside. */
	startService(limits: Parameters<typeof chatUrl>[1] = {}): ChatProcess {
		const { account } = this.primary;
		const both = [this.primary, this.standby].map(nameOf).toSorted();
		const url = chatUrl(account, { poolSize, ...limits }).replace(
			nameOf(this.primary),
			both.join(","),
		);
		return new ChatProcess({
			DATABASE_URL: `${url}&target_session_attrs=read-write`,
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.standby[Symbol.asyncDispose]();
		await this.primary[Symbol.asyncDispose]();
	}
}

suite("the service on a PostgreSQL primary that fails under load, and its synchronous standby", {
	skip: Postgres.missing ?? false,
	timeout: 5 * timeout,
}, () => {
	let pair: Pair;
	before(async () => {
		pair = await Pair.start("synchronous");
	});
	after(() => pair?.[Symbol.asyncDispose]());

	for (const failure of ["killed", "frozen"] as const) {
		test(
			`${failure}: every acknowledged message is on the one that took over, once, and none goes to the old one when it is back`,
			{
				timeout,
			},
			(t) => assertSurvives(t, pair, failure),
		);
	}

	test("a message that the standby does not have is not acknowledged, though the primary has stored it, and not when it is sent again", {
		timeout,
	}, async () => {
		await emptyTables(pair.primary);
		await using service = pair.startService({ queryTimeoutMs: 1_000 });
		const url = await service.listens();
		const send = () =>
			fetch(`${url}/store_content`, {
				method: "POST",
				headers: {
					"content-type": "application/json",
					"idempotency-key": "once",
				},
				body: JSON.stringify({ user_id: 1, role: "user", content: "held" }),
			});
		await pair.standby.freeze();
		assert.equal((await send()).status, 503);
		// given up, the commit no longer waits for the standby: from here on others see what it has stored
		await until(async () => (await storedOn(pair.primary)).length === 1);
		assert.equal((await send()).status, 503);
		await pair.standby.thaw();
		await until(async () => {
			const answer = await send();
			assert.match(String(answer.status), /200|503/);
			return answer.headers.get("idempotent-replayed") === "true";
		});
		assert.deepEqual(await storedOn(pair.primary), ["held"]);
		await until(async () => (await storedOn(pair.standby)).length === 1);
	});
});

suite("the service on a PostgreSQL primary whose standby is asynchronous", {
	skip: Postgres.missing ?? false,
}, () => {
	test("killed: messages are lost that the standby had not got, all later ones are there, once", {
		timeout,
	}, async (t) => {
		await using pair = await Pair.start("asynchronous");
		await using service = pair.startService();
		await using load = new Load(await service.listens());
		await load.more(messageCount);
		await pair.standby.freeze();
		await load.more(4 * messageCount); // some of it is on its way to the standby, who gets it when it thaws
		await pair.primary.stop("SIGKILL");
		await pair.standby.thaw();
		await pair.promote();
		await service.says(isUsed(pair.primary));
		const before = load.acknowledged.length;
		await load.more(messageCount);
		await load.stop();
		const stored = await storedOn(pair.primary);
		const lost = load.acknowledged.filter((text) => !stored.includes(text));
		t.diagnostic(`${lost.length} acknowledged messages were lost`);
		assert.ok(lost.length > 0);
		const later = load.acknowledged.slice(before);
		assert.deepEqual(
			later.filter((text) => lost.includes(text)),
			[],
		);
		assert.equal(new Set(stored).size, stored.length);
	});
});

async function assertSurvives(
	t: TestContext,
	pair: Pair,
	failure: Failure,
): Promise<void> {
	await emptyTables(pair.primary);
	const failed = pair.primary;
	await using service = pair.startService();
	await using load = new Load(await service.listens());
	await using transactions = await Transactions.start(placeOf(pair));
	await load.more(messageCount);
	load.report();

	const failedAt = performance.now();
	await (failure === "killed" ? failed.stop("SIGKILL") : failed.freeze());
	await pair.promote();
	await service.says(isUsed(pair.primary));
	t.diagnostic(`moved to the standby after ${since(failedAt)}`);
	await load.more(messageCount);
	t.diagnostic(`primary gone: ${JSON.stringify(load.report())}`);

	// as if nothing had happened: it takes writes, which nobody would ever see again
	await (failure === "killed" ? failed.resume() : failed.thaw());
	await load.more(messageCount);
	t.diagnostic(`old primary back, diverged: ${JSON.stringify(load.report())}`);
	await pair.replaceStandby();
	await load.more(messageCount);
	t.diagnostic(`back as a standby: ${JSON.stringify(load.report())}`);
	t.diagnostic(await transactions.assertTold());
	await load.stop();
	await pair.synchronize();
	assert.deepEqual(
		(await storedOn(pair.primary)).toSorted(),
		load.acknowledged.toSorted(),
	);
	await until(async () => {
		const { length } = await pair.primary.sessions();
		return length <= poolSize && (await pair.standby.sessions()).length === 0;
	});
	service.signal("SIGTERM");
	assert.deepEqual(await service.ended, [0, null], service.output);
	await until(async () => (await pair.primary.sessions()).length === 0);
	const moves = service.output.match(/is used instead of/g)?.length;
	t.diagnostic(`${moves} moves`);
}

/** Programs that write in pairs to the server that is the primary. */
function placeOf(pair: Pair): PairPlace {
	const { user, password, database } = pair.primary.account;
	const hosts = [pair.primary, pair.standby].map(
		({ account: { host, port } }) => ({ host, port }),
	);
	return {
		options: (size) => ({
			postgres: { hosts, user, password, database, size, log: () => undefined },
		}),
		async createTable() {
			await pair.primary.root(
				`drop table if exists pair; create table pair (line serial primary key, id text, half integer); alter table pair owner to ${user}`,
				database,
			);
		},
		async halves() {
			const rows = await pair.primary.root(
				"select id, count(*) as halves from pair group by id",
				database,
			);
			return [
				new Map(rows.map(({ id, halves }) => [String(id), Number(halves)])),
			];
		},
	};
}

function nameOf({ account: { host, port } }: Postgres): string {
	return `${host}:${port}`;
}

function isUsed(server: Postgres): RegExp {
	return new RegExp(`database: ${nameOf(server)} is used instead of`);
}

function since(start: number): string {
	return `${Math.round(performance.now() - start)} ms`;
}

/** They are not there before the service was started for the first time. */
async function emptyTables(server: Postgres): Promise<void> {
	for (const table of ["chat_history", "chat_request"]) {
		await server.root(
			`do $$ begin if to_regclass('${table}') is not null then delete from ${table}; end if; end $$`,
			server.account.database,
		);
	}
}
