import { BrokerUnavailableError } from "../../errors/broker-unavailable.ts";
import type { Backlog, Broker, BrokerPage } from "../../http/broker.ts";
import type {
	BrokerCall,
	MessageToPrimary,
	MessageToWorker,
} from "./worker-message.ts";

/** How long the primary process may take for an answer; it does nothing else. */
const patienceMs = 10_000;

/** The broker of a worker: the primary process keeps the messages, so that all workers have the same. */
export class WorkerBroker implements Broker {
	readonly #send: (message: MessageToPrimary) => boolean;
	readonly #calls = new Map<number, (answer: Answer) => void>();
	readonly #followers = new Map<string, Set<() => void>>();
	#count = 0;

	/** @param send gives false where there is no primary process any more */
	constructor(send: (message: MessageToPrimary) => boolean) {
		this.#send = send;
	}

	async publish(
		topic: string,
		text: string,
		backlog: Backlog,
	): Promise<string> {
		const given = [topic, text, backlog] as const;
		return (await this.#call({
			method: "publish",
			given: [...given],
		})) as string;
	}

	async read(topic: string, after: string, limit: number): Promise<BrokerPage> {
		const given: [string, string, number] = [topic, after, limit];
		return (await this.#call({ method: "read", given })) as BrokerPage;
	}

	async lastId(topic: string): Promise<string> {
		return (await this.#call({ method: "lastId", given: [topic] })) as string;
	}

	follow(topic: string, wake: () => void): () => void {
		const followers = this.#followers.get(topic) ?? new Set();
		if (followers.size === 0) {
			this.#followers.set(topic, followers);
			this.#send({ vivace: "follow", topic, isFollowing: true });
		}
		const own = () => wake(); // one for each call: the same function may follow twice
		followers.add(own);
		return () => {
			followers.delete(own);
			if (followers.size === 0 && this.#followers.delete(topic)) {
				this.#send({ vivace: "follow", topic, isFollowing: false });
			}
		};
	}

	/** Takes what the primary process says. */
	hear(message: MessageToWorker): void {
		if (message.vivace === "broker") {
			this.#calls.get(message.call)?.(message);
		} else if (message.vivace === "wake") {
			for (const wake of this.#followers.get(message.topic) ?? []) {
				wake();
			}
		}
	}

	/** The primary process is gone: nobody answers any more. */
	end(): void {
		for (const settle of [...this.#calls.values()]) {
			settle({});
		}
	}

	#call(of: BrokerCall): Promise<unknown> {
		const call = ++this.#count;
		return new Promise((resolve, reject) => {
			const settle = (answer: Answer): void => {
				clearTimeout(timer);
				this.#calls.delete(call);
				if ("result" in answer) {
					resolve(answer.result);
				} else {
					reject(unreachable(of.method === "publish"));
				}
			};
			const timer = setTimeout(() => settle({}), patienceMs);
			this.#calls.set(call, settle);
			if (!this.#send({ vivace: "broker", call, of })) {
				this.#calls.delete(call);
				clearTimeout(timer);
				reject(unreachable(false));
			}
		});
	}
}

interface Answer {
	readonly result?: unknown;
}

function unreachable(isOutcomeUnknown: boolean): BrokerUnavailableError {
	return new BrokerUnavailableError(
		"the process that has started the workers, which keeps the messages of channels, does not answer",
		{ isOutcomeUnknown },
	);
}
