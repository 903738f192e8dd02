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

test("a worker that is killed in the middle takes no acknowledged message with it; its readers go on elsewhere", async () => {
	const options = JSON.stringify({ port: 0, workers: 3 });
	await using program = new Program("news.ts", options);
	const port = await program.listens();
	const url = `http://127.0.0.1:${port}`;
	const acknowledged: number[] = [];
	const doubtful: number[] = [];
	const publish = async (n: number): Promise<string | undefined> => {
		try {
			const response = await fetch(`${url}/news/${n}`, {
				method: "POST",
				headers,
			});
			const id = (await response.json()) as string;
			assert.equal(response.status, 200);
			acknowledged.push(n);
			return id;
		} catch {
			doubtful.push(n); // cut off: it may have been published
			return undefined;
		}
	};
	const from = await publish(0);
	const count = 300;
	const doomed = await Reader.open(port, from);
	const reading = [doomed, ...Array.from({ length: 5 }, () => undefined)].map(
		(reader) => readAll(port, from, count, reader),
	);
	let next = 1;
	await Promise.all(
		Array.from({ length: 8 }, async () => {
			while (next < count) {
				const n = next++;
				if (n === 100) {
					process.kill(await pidOf(port, doomed.worker), "SIGKILL");
				}
				await publish(n);
			}
		}),
	);
	await publish(count);
	const read = await Promise.all(reading);
	const [first = { numbers: [], connections: 0 }] = read;
	const lost = acknowledged.filter(
		(n) => n !== 0 && !first.numbers.includes(n),
	);
	assert.deepEqual(lost, []);
	const unknown = first.numbers.filter(
		(n) => !acknowledged.includes(n) && !doubtful.includes(n),
	);
	assert.deepEqual(unknown, []);
	assert.equal(new Set(first.numbers).size, first.numbers.length, "repeated");
	for (const { numbers } of read) {
		assert.deepEqual(numbers, first.numbers);
	}
	assert.ok((read[0]?.connections ?? 0) > 1, "nobody was cut off");
	program.kill("SIGTERM");
	assert.equal(await program.ended, 0, program.output);
});

/** Reads until a number has come, and goes on behind the last message when it is cut off. */
async function readAll(
	port: number,
	from: string | undefined,
	last: number,
	opened?: Reader,
): Promise<{ readonly numbers: number[]; readonly connections: number }> {
	const numbers: number[] = [];
	let connections = 0;
	let lastId = from;
	while (numbers.at(-1) !== last) {
		let reader: Reader;
		try {
			reader =
				(connections === 0 && opened) || (await Reader.open(port, lastId));
		} catch {
			continue; // it was cut off at once
		}
		connections++;
		try {
			while (numbers.at(-1) !== last) {
				const [news] = await reader.read(1);
				numbers.push(news?.n ?? -1);
				lastId = reader.lastId;
			}
		} catch (error) {
			assert.ok(isCut(error), String(error));
		}
		await reader.close().catch(() => {}); // it may have been cut off
	}
	return { numbers, connections };
}

/** The process of a worker, which is asked for until that worker answers. */
async function pidOf(port: number, worker: number): Promise<number> {
	for (;;) {
		const response = await fetch(`http://127.0.0.1:${port}/process`, {
			headers,
		});
		const told = (await response.json()) as { worker: number; pid: number };
		if (told.worker === worker) {
			return told.pid;
		}
	}
}

function isCut(error: unknown): boolean {
	return (
		error instanceof TypeError ||
		(error instanceof assert.AssertionError &&
			/the stream has ended/.test(error.message))
	);
}
