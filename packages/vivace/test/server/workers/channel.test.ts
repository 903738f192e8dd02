import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "../program.ts";

// a stop waits a while for connections that clients keep
const headers = { connection: "close" };

interface News {
	readonly n: number;
	readonly by: number;
}

/** A reader of the service's events. */
class Reader {
	readonly worker: number;
	readonly #events: AsyncGenerator<Record<string, string>>;
	lastId = "";

	private constructor(
		worker: number,
		events: AsyncGenerator<Record<string, string>>,
	) {
		this.worker = worker;
		this.#events = events;
	}

	static async open(port: number, from?: string): Promise<Reader> {
		const response = await fetch(`http://127.0.0.1:${port}/news`, {
			headers:
				from === undefined ? headers : { ...headers, "last-event-id": from },
		});
		const events = parsed(response.body as ReadableStream<Uint8Array>);
		const { value } = await events.next();
		return new Reader(Number(value.data), events);
	}

	async read(count: number): Promise<News[]> {
		const all: News[] = [];
		while (all.length < count) {
			const { value, done } = await this.#events.next();
			assert.ok(!done, "the stream has ended");
			assert.equal(value.event, undefined, JSON.stringify(value));
			this.lastId = value.id ?? "";
			all.push(JSON.parse(value.data ?? ""));
		}
		return all;
	}

	async close(): Promise<void> {
		await this.#events.return(undefined);
	}
}

async function* decoded(
	body: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	for await (const chunk of body) {
		yield decoder.decode(chunk, { stream: true });
	}
}

async function* parsed(
	body: ReadableStream<Uint8Array>,
): AsyncGenerator<Record<string, string>> {
	let text = "";
	for await (const chunk of decoded(body)) {
		text += chunk;
		for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
			const lines = text.slice(0, end).split("\n");
			text = text.slice(end + 2);
			yield Object.fromEntries(
				lines.map((line) => {
					const colon = line.indexOf(": ");
					return [line.slice(0, colon), line.slice(colon + 2)];
				}),
			);
		}
	}
}

test("workers hear what each of them publishes, in one order, and go on behind an id", async () => {
	const options = JSON.stringify({ port: 0, workers: 3 });
	await using program = new Program("news.ts", options);
	const port = await program.listens();
	const before = await fetch(`http://127.0.0.1:${port}/news/0`, {
		method: "POST",
		headers,
	});
	const from = (await before.json()) as string;
	const readers: Reader[] = [];
	while (new Set(readers.map(({ worker }) => worker)).size < 3) {
		readers.push(await Reader.open(port, from));
	}
	const publishing = Array.from({ length: 30 }, async (_, n) => {
		const response = await fetch(`http://127.0.0.1:${port}/news/${n}`, {
			method: "POST",
			headers,
		});
		assert.equal(response.status, 200, await response.text());
	});
	const read = await Promise.all(readers.map((reader) => reader.read(30)));
	await Promise.all(publishing);
	const [first = []] = read;
	assert.deepEqual(
		first.map(({ n }) => n).sort((a, b) => a - b),
		Array.from({ length: 30 }, (_, n) => n),
	);
	assert.ok(new Set(first.map(({ by }) => by)).size > 1, "one worker did all");
	for (const other of read) {
		assert.deepEqual(other, first);
	}

	const [leaving] = readers;
	await leaving?.close();
	await fetch(`http://127.0.0.1:${port}/news/30`, { method: "POST", headers });
	const back = await Reader.open(port, leaving?.lastId);
	assert.deepEqual(
		(await back.read(1)).map(({ n }) => n),
		[30],
	);
	await back.close();
	for (const reader of readers) {
		await reader.close();
	}
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0, program.output);
});

test("messages outlive the worker that published them", async () => {
	const options = JSON.stringify({ port: 0, workers: 2 });
	await using program = new Program("news.ts", options);
	const port = await program.listens();
	const first = await fetch(`http://127.0.0.1:${port}/news/1`, {
		method: "POST",
		headers,
	});
	const id = (await first.json()) as string;
	await fetch(`http://127.0.0.1:${port}/news/2`, { method: "POST", headers });
	program.kill("SIGHUP");
	await program.writes(/has replaced its workers/);
	const reader = await Reader.open(port, id);
	assert.deepEqual(
		(await reader.read(1)).map(({ n }) => n),
		[2],
	);
	await reader.close();
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0, program.output);
});
