import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { after, before, suite, test } from "node:test";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import { type Database, openDatabase, withSession } from "../../src/index.ts";
import { openEmpty, storedNotes, type Tables, writeNote } from "../engines.ts";

/** The server is ready for the next statement, by its transaction's state: `ReadyForQuery` of PostgreSQL's manual, "Message Formats". */
const ready = {
	outside: Buffer.from("Z\0\0\0\x05I"),
	inside: Buffer.from("Z\0\0\0\x05T"),
};

/** An answer of the server, after which it ends the session at once, so that both arrive together. */
interface LastAnswer {
	/** The state that the session is in then. */
	readonly state: keyof typeof ready;
	/** Which answer of that kind it is on the connection, counted from 1. */
	readonly number: number;
	readonly sqlState: "57P01" | "25P03";
}

suite("a session of PostgreSQL whose end comes with its last answer", {
	skip: Postgres.missing ?? false,
}, () => {
	let server: Postgres;
	before(async () => {
		server = await Postgres.start();
		await (await openEmpty({ postgres: server.account })).close();
	});
	after(() => server?.[Symbol.asyncDispose]());

	const open = (port: number): Promise<Database<Tables>> =>
		openDatabase<Tables>({
			postgres: { ...server.account, port, size: 1, openAhead: 0 },
		});

	for (const [moment, number] of [
		["after the log-in", 1],
		["after the statement that sets it up", 2],
	] as const) {
		test(`${moment}, is replaced, and no caller notices`, async () => {
			await using proxy = await endingAfter(server.port, {
				state: "outside",
				number,
				sqlState: "57P01",
			});
			await using database = await open(proxy.port);
			await writeNote(database.db, `written ${number}`);
			assert.deepEqual(await storedNotes(database, `written ${number}`), [
				`written ${number}`,
			]);
			assert.equal(proxy.ended, 1);
		});
	}

	test("after a statement: the next one runs on another", async () => {
		await using proxy = await endingAfter(server.port, {
			state: "outside",
			number: 3,
			sqlState: "57P01",
		});
		await using database = await open(proxy.port);
		for (const text of ["note 1", "note 2", "note 3"]) {
			await writeNote(database.db, text);
		}
		assert.deepEqual(await storedNotes(database, "note"), [
			"note 1",
			"note 2",
			"note 3",
		]);
		assert.equal(proxy.ended, 1);
	});

	test("after a transaction was begun: it is certainly undone, and runs again where asked", async () => {
		await using proxy = await endingAfter(server.port, {
			state: "inside",
			number: 1,
			sqlState: "25P03",
		});
		await using database = await open(proxy.port);
		let runs = 0;
		await withSession(
			database,
			async ({ db }) => {
				runs++;
				await writeNote(db, `begun ${runs}`);
			},
			{ retries: 1 },
		);
		assert.equal(runs, 2);
		assert.deepEqual(await storedNotes(database, "begun"), ["begun 2"]);
		assert.equal(proxy.ended, 1);
	});
});

/** A way to a server, by which one session is ended as the server would, with its own last words. */
async function endingAfter(
	port: number,
	{ state, number, sqlState }: LastAnswer,
) {
	let ended = 0;
	const proxy = createServer((client) => {
		const upstream = connect(port, "127.0.0.1");
		let seen = 0;
		client.on("data", (bytes) => upstream.write(bytes));
		upstream.on("data", (bytes: Buffer) => {
			seen += Number(bytes.subarray(-6).equals(ready[state]));
			if (ended === 0 && seen === number) {
				ended++;
				client.end(Buffer.concat([bytes, fatal(sqlState)]));
				upstream.destroy();
			} else {
				client.write(bytes);
			}
		});
		for (const [one, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			one.on("error", () => other.destroy());
			one.on("end", () => other.end());
		}
	}).listen(0, "127.0.0.1");
	await once(proxy, "listening");
	return {
		port: (proxy.address() as AddressInfo).port,
		get ended() {
			return ended;
		},
		async [Symbol.asyncDispose]() {
			proxy.close();
			await once(proxy, "close");
		},
	};
}

/** `ErrorResponse`: each field is a letter and a text, which NUL ends. */
function fatal(sqlState: string): Buffer {
	const fields = [
		"SFATAL",
		"VFATAL",
		`C${sqlState}`,
		"Mterminating connection",
	];
	const text = Buffer.from(`${fields.join("\0")}\0\0`);
	const head = Buffer.from("E\0\0\0\0");
	head.writeInt32BE(4 + text.length, 1);
	return Buffer.concat([head, text]);
}
