import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** An answer may take this long before the client gives up: longer than every limit of the service together. */
const patienceMs = 30_000;
/** How long a client waits before it sends a message again. */
const pauseMs = 50;

/** The clients' results from one moment to another. */
export interface LoadReport {
	readonly acknowledged: number;
	/** Longest time in which no message of any client was acknowledged, in milliseconds. */
	readonly longestGapMs: number;
	/** Time that the slowest message took from its first try to its acknowledgement, in milliseconds. */
	readonly slowestMs: number;
	/** Time that the slowest answer took, of whichever status, in milliseconds. */
	readonly slowestAnswerMs: number;
	/** How many tries were answered with which status, or failed with which code of the system. */
	readonly refusals: Readonly<Record<string, number>>;
}

/** Clients of the service that send messages one after another, each with an idempotency key, and again until it is acknowledged; or without, and once. */
export class Load implements AsyncDisposable {
	readonly #url: string;
	readonly #agent = new Agent({ keepAlive: true });
	readonly #clients: Promise<void>[];
	readonly #waiting = new Set<{ count: number; resolve: () => void }>();
	#isOver = false;
	#isGivenUp = false;
	#paused = Promise.withResolvers<void>();
	#onRefused: (() => void) | undefined;
	#busy = 0;
	#onIdle: (() => void) | undefined;
	#gapStart = performance.now();
	#longestGapMs = 0;
	#slowestMs = 0;
	#slowestAnswerMs = 0;
	#countBefore = 0;
	#refusals: Record<string, number> = {};
	/** The contents that were acknowledged; no two messages have the same. */
	readonly acknowledged: string[] = [];
	/** The contents of messages without a key that were refused, or not answered. */
	readonly unsure: string[] = [];
	readonly #hasKeys: boolean;

	constructor(url: string, clients = 16, hasKeys = true) {
		this.#url = url;
		this.#hasKeys = hasKeys;
		this.#paused.resolve();
		this.#clients = Array.from({ length: clients }, (_, index) =>
			this.#client(index + 1),
		);
	}

	/** Resolves when so many more messages are acknowledged. */
	more(messages: number): Promise<void> {
		const count = this.acknowledged.length + messages;
		return new Promise((resolve) => this.#waiting.add({ count, resolve }));
	}

	/** Resolves at the next answer that is a refusal, or none. */
	refused(): Promise<void> {
		return new Promise((resolve) => {
			this.#onRefused = resolve;
		});
	}

	/** Lets no client begin another message; resolves when all have finished theirs. */
	async pause(): Promise<void> {
		this.#paused = Promise.withResolvers();
		await new Promise<void>((resolve) => {
			this.#onIdle = resolve;
		});
	}

	/** Ends a pause, whose length counts for nothing. */
	resume(): void {
		this.#gapStart = performance.now();
		this.#paused.resolve();
	}

	/** The results since the last report. */
	report(): LoadReport {
		const report = {
			acknowledged: this.acknowledged.length - this.#countBefore,
			longestGapMs: Math.round(this.#longestGapMs),
			slowestMs: Math.round(this.#slowestMs),
			slowestAnswerMs: Math.round(this.#slowestAnswerMs),
			refusals: this.#refusals,
		};
		this.#countBefore = this.acknowledged.length;
		this.#longestGapMs = 0;
		this.#slowestMs = 0;
		this.#slowestAnswerMs = 0;
		this.#refusals = {};
		return report;
	}

	/** Lets every client finish its message. */
	async stop(): Promise<void> {
		this.#isOver = true;
		await Promise.all(this.#clients);
		this.#agent.destroy();
	}

	/** Ends it for a test that has failed: messages that are not acknowledged yet never are. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.#isGivenUp = true;
		this.resume();
		await this.stop();
	}

	async #client(user_id: number): Promise<void> {
		for (let turn = 1; !this.#isOver; turn++) {
			await this.#paused.promise;
			this.#busy++;
			const content = `${user_id}/${turn}`;
			const key = randomUUID();
			const startedAt = performance.now();
			const message = { user_id, role: "user", content };
			let isStored = await this.#send(message, key);
			while (!isStored && this.#hasKeys) {
				if (this.#isGivenUp) {
					return;
				}
				await sleep(pauseMs);
				isStored = await this.#send(message, key);
			}
			if (isStored) {
				this.#acknowledge(content, performance.now() - startedAt);
			} else {
				this.unsure.push(content);
			}
			if (--this.#busy === 0) {
				this.#onIdle?.();
			}
		}
	}

	async #send(json: object, key: string): Promise<boolean> {
		const sentAt = performance.now();
		try {
			const status = await post(
				`${this.#url}/store_content`,
				json,
				this.#hasKeys ? { "idempotency-key": key } : {},
				this.#agent,
			);
			if (status === 200) {
				return true;
			}
			this.#refuse(String(status));
		} catch (error) {
			this.#refuse(String((error as NodeJS.ErrnoException).code ?? error));
		} finally {
			this.#slowestAnswerMs = Math.max(
				this.#slowestAnswerMs,
				performance.now() - sentAt,
			);
		}
		return false;
	}

	#refuse(reason: string): void {
		this.#refusals[reason] = (this.#refusals[reason] ?? 0) + 1;
		this.#onRefused?.();
	}

	#acknowledge(content: string, tookMs: number): void {
		const now = performance.now();
		this.acknowledged.push(content);
		this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#gapStart);
		this.#slowestMs = Math.max(this.#slowestMs, tookMs);
		this.#gapStart = now;
		for (const waiter of this.#waiting) {
			if (this.acknowledged.length >= waiter.count) {
				this.#waiting.delete(waiter);
				waiter.resolve();
			}
		}
	}
}

/** Sends JSON and gives the status of the answer. */
export async function post(
	url: string,
	json: object,
	headers: Readonly<Record<string, string>>,
	agent: Agent,
): Promise<number> {
	const sent = request(url, {
		method: "POST",
		agent,
		headers: { "content-type": "application/json", ...headers },
		signal: AbortSignal.timeout(patienceMs),
	});
	sent.end(JSON.stringify(json));
	const [response] = await once(sent, "response");
	response.resume();
	await once(response, "end");
	return response.statusCode;
}
