import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import type { Backlog, Broker, BrokerPage } from "../http/broker.ts";
import { late, waitAtMost } from "../time/waiting.ts";
import { ReadingLine } from "./reading-line.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { publishScript, readScript } from "./redis-scripts.ts";
import { RedisTopic } from "./redis-topic.ts";
import {
	firstId,
	type StreamReply,
	toPage,
	toPosition,
} from "./stream-page.ts";

/** Between two looks for messages of whose arrival nobody has told, and how many topics are looked at each time, in turn. */
const pollMs = 5_000;
const polledTopics = 200;
const mostReadings = 64;
/** How long the newest id of a topic is known after its last message, in milliseconds: longer than anybody stays away. */
const recordMs = 7 * 24 * 3_600_000;
const pageSize = 100;

/** Settings of a {@link RedisBroker}. */
export interface RedisBrokerSettings {
	readonly prefix: string;
	readonly commandTimeoutMs: number;
}

/** Keeps messages in streams of a Redis or Valkey server. */
export class RedisBroker implements Broker, AsyncDisposable {
	readonly #connection: RedisConnection;
	readonly #settings: RedisBrokerSettings;
	readonly #topics = new Map<string, RedisTopic>();
	readonly #line = new ReadingLine(mostReadings);
	readonly #poll: NodeJS.Timeout;
	/** The topics that are to be looked at. */
	#toPoll: Iterator<RedisTopic> = [].values();

	constructor(connection: RedisConnection, settings: RedisBrokerSettings) {
		this.#connection = connection;
		this.#settings = settings;
		connection.onMessage = (channel) => this.#topics.get(channel)?.refresh();
		connection.onBack = () => this.#refreshAll();
		this.#poll = setInterval(() => this.#refreshSome(), pollMs);
		this.#poll.unref();
	}

	async publish(
		topic: string,
		text: string,
		{ count, ageMs }: Backlog,
	): Promise<string> {
		const { stream, record, wake } = this.#keys(topic);
		const given = [
			...[text, String(count), String(Math.ceil(ageMs))],
			...[String(Math.max(recordMs, 2 * Math.ceil(ageMs))), wake],
		];
		return (await this.#evaluate(
			publishScript,
			{ keys: [stream, record], arguments: given },
			true,
		)) as string;
	}

	async read(topic: string, after: string, limit: number): Promise<BrokerPage> {
		const { wake } = this.#keys(topic);
		const followed = this.#topics.get(wake);
		const held = followed?.page(after, limit);
		if (held !== undefined) {
			return held;
		}
		const page = await this.#readPage(topic, after, limit);
		if (page.isComplete && page.messages.length === 0) {
			followed?.begin(after);
		}
		return page;
	}

	async lastId(topic: string): Promise<string> {
		const { stream, record } = this.#keys(topic);
		const [, last, now] = (await this.#evaluate(
			readScript,
			{ keys: [stream, record], arguments: ["+", "1"] },
			false,
		)) as StreamReply;
		return last ?? `${now}-s`;
	}

	follow(topic: string, wake: () => void): () => void {
		const channel = this.#keys(topic).wake;
		let followed = this.#topics.get(channel);
		if (followed === undefined) {
			followed = new RedisTopic((after) =>
				this.#readPage(topic, after, pageSize),
			);
			this.#topics.set(channel, followed);
			this.#connection.listen(channel);
		}
		const kept = followed;
		const unfollow = kept.add(wake);
		return () => {
			unfollow();
			if (!kept.isFollowed && this.#topics.get(channel) === kept) {
				this.#topics.delete(channel);
				this.#connection.forget(channel);
			}
		};
	}

	/** @throws BrokerUnavailableError when the server does not answer in time */
	async ping(): Promise<void> {
		await this.#inTime(() => this.#connection.ping(), false);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		clearInterval(this.#poll);
		this.#topics.clear();
		await this.#connection.close();
	}

	#refreshSome(): void {
		const most = Math.min(polledTopics, this.#topics.size);
		for (let count = 0; count < most; count++) {
			let next = this.#toPoll.next();
			if (next.done) {
				this.#toPoll = this.#topics.values();
				next = this.#toPoll.next();
			}
			next.value?.refresh();
		}
	}

	#refreshAll(): void {
		for (const topic of this.#topics.values()) {
			topic.refresh();
		}
	}

	async #readPage(
		topic: string,
		after: string,
		limit: number,
	): Promise<BrokerPage> {
		const { stream, record } = this.#keys(topic);
		const position = toPosition(after);
		const given = {
			keys: [stream, record],
			arguments: [firstId(position), String(limit)],
		};
		const reply = await this.#line.run(
			() => this.#evaluate(readScript, given, false),
			this.#settings.commandTimeoutMs,
		);
		if (reply === late) {
			throw this.#tooLate(false);
		}
		return toPage(reply as StreamReply, position, after);
	}

	/** The keys of one topic have one hash tag, so that a cluster keeps them together. */
	#keys(topic: string): {
		readonly stream: string;
		readonly record: string;
		readonly wake: string;
	} {
		const tag = `${this.#settings.prefix}{${topic}}`;
		return { stream: `${tag}:log`, record: `${tag}:last`, wake: `${tag}:wake` };
	}

	#evaluate(
		script: string,
		given: { readonly keys: string[]; readonly arguments: string[] },
		isWrite: boolean,
	): Promise<unknown> {
		return this.#inTime(
			() => this.#connection.evaluate(script, given),
			isWrite,
		);
	}

	#tooLate(isOutcomeUnknown: boolean): BrokerUnavailableError {
		return new BrokerUnavailableError(
			`Redis did not answer within ${this.#settings.commandTimeoutMs} ms`,
			{ isOutcomeUnknown },
		);
	}

	async #inTime<Result>(
		run: () => Promise<Result>,
		isWrite: boolean,
	): Promise<Result> {
		const { commandTimeoutMs } = this.#settings;
		let result: Result | typeof late;
		try {
			const work = run();
			result = await waitAtMost(work, commandTimeoutMs);
			if (result === late) {
				// a process that was held up finds the time over before it reads the answer
				result = await waitAtMost(work, 1);
			}
		} catch (cause) {
			throw this.#connection.toUnavailable(cause, isWrite) ?? cause;
		}
		if (result === late) {
			throw this.#tooLate(isWrite);
		}
		return result;
	}
}
