import { MemoryBroker } from "../../broker/memory-broker.ts";
import type {
	BrokerCall,
	MessageToPrimary,
	MessageToWorker,
} from "./worker-message.ts";

/** The messages of all workers' channels, in the process that has started them. */
export class BrokerHost {
	readonly #broker = new MemoryBroker();

	/** The side of one worker. */
	connect(send: (message: MessageToWorker) => void): HostedWorker {
		return new HostedWorker(this.#broker, send);
	}

	end(): void {
		this.#broker.close();
	}
}

/** One worker, as the broker sees it. */
export class HostedWorker {
	readonly #broker: MemoryBroker;
	readonly #send: (message: MessageToWorker) => void;
	readonly #followed = new Map<string, () => void>();

	constructor(broker: MemoryBroker, send: (message: MessageToWorker) => void) {
		this.#broker = broker;
		this.#send = send;
	}

	/** Takes what the worker says of its channels. */
	async hear(message: MessageToPrimary): Promise<void> {
		if (message.vivace === "follow") {
			this.#follow(message.topic, message.isFollowing);
		} else if (message.vivace === "broker") {
			const { call, of } = message;
			this.#send({ vivace: "broker", call, result: await this.#perform(of) });
		}
	}

	/** The worker has ended. */
	end(): void {
		for (const unfollow of this.#followed.values()) {
			unfollow();
		}
		this.#followed.clear();
	}

	#perform({ method, given }: BrokerCall): Promise<unknown> {
		switch (method) {
			case "publish":
				return this.#broker.publish(...given);
			case "read":
				return this.#broker.read(...given);
			case "lastId":
				return this.#broker.lastId(...given);
		}
	}

	#follow(topic: string, isFollowing: boolean): void {
		this.#followed.get(topic)?.();
		this.#followed.delete(topic);
		if (isFollowing) {
			const wake = () => this.#send({ vivace: "wake", topic });
			this.#followed.set(topic, this.#broker.follow(topic, wake));
		}
	}
}
