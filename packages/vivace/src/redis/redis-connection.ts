import type { createClient as CreateClient } from "redis";
import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import { SetupError } from "../errors/setup-error.ts";
import { late, waitAtMost } from "../time/waiting.ts";

/** Settings of a {@link RedisConnection}. */
export interface RedisConnectionSettings {
	readonly url: string;
	readonly connectTimeoutMs: number;
	/** Told when the server can't be reached any more, and when it can. */
	readonly log: Pick<Console, "warn" | "info">;
}

const longestPauseMs = 2_000;
/** A connection on which nothing comes for so long, not even the answer to a ping, is given up. */
const silenceMs = 6_000;
const pingMs = 2_000;
const closeMs = 1_000;
const leaveEveryMs = 1_000;

type Client = ReturnType<typeof makeClient>;

/** Two connections to a server, one for commands and one that listens; both come back by themselves. */
export class RedisConnection {
	/** Called with the Pub/Sub channel on which something came. */
	onMessage: (channel: string) => void = () => {};
	/** Called when a connection is there again: something may have been missed. */
	onBack: () => void = () => {};
	readonly #commands: Client;
	readonly #listener: Client;
	readonly #place: string;
	readonly #log: RedisConnectionSettings["log"];
	/** The Pub/Sub channels that somebody wants to hear of. */
	readonly #wanted = new Set<string>();
	/** Those of them that it could not listen to, because the server was away. */
	readonly #unheard = new Set<string>();
	#isAway = false;
	/** True when it was told that nobody may listen. */
	#isTold = false;
	/** When a replica was left, as `performance.now()` counts. */
	#leftAtMs = Number.NEGATIVE_INFINITY;

	private constructor(
		commands: Client,
		listener: Client,
		{ url, log }: RedisConnectionSettings,
	) {
		this.#commands = commands;
		this.#listener = listener;
		this.#place = withoutPassword(url);
		this.#log = log;
	}

	/** @throws the error of the first try */
	static async open(
		settings: RedisConnectionSettings,
	): Promise<RedisConnection> {
		const { createClient } = await loadRedis();
		const commands = makeClient(createClient, settings);
		const listener = makeClient(createClient, settings);
		const connection = new RedisConnection(commands, listener, settings);
		for (const client of [commands, listener]) {
			client.on("error", (error: unknown) => connection.#onError(error));
			client.on("ready", () => connection.#onReady());
		}
		try {
			await Promise.all([commands.connect(), listener.connect()]);
		} catch (error) {
			for (const client of [commands, listener]) {
				client.destroy();
			}
			throw error;
		}
		return connection;
	}

	evaluate(
		script: string,
		given: { readonly keys: string[]; readonly arguments: string[] },
	): Promise<unknown> {
		return this.#commands.eval(script, given);
	}

	async ping(): Promise<void> {
		await this.#commands.ping();
	}

	/** Hears of a Pub/Sub channel, again after each reconnection. */
	listen(channel: string): void {
		this.#wanted.add(channel);
		this.#unheard.delete(channel);
		this.#listener
			.subscribe(channel, () => this.onMessage(channel))
			.then(
				() => this.onMessage(channel), // messages that came before
				(error: unknown) => {
					if (this.#wanted.has(channel)) {
						this.#unheard.add(channel);
						this.#tellRefused(error);
					}
				},
			);
	}

	/** Tells, once, of a server that lets nobody listen: messages are then found by looking for them. */
	#tellRefused(error: unknown): void {
		if (!isReply(error) || this.#isTold) {
			return;
		}
		this.#isTold = true;
		this.#log.warn(
			`${this.#place} lets this user not listen, so messages come up to 5 s late: ${error.message}; give it the Pub/Sub channels: ACL SETUSER … &vivace:*`,
		);
	}

	forget(channel: string): void {
		this.#wanted.delete(channel);
		this.#unheard.delete(channel);
		this.#listener.unsubscribe(channel).catch(() => {}); // then nothing comes any more
	}

	/** The error of ours for one that says that the server is away or refuses; undefined for any other. */
	toUnavailable(
		error: unknown,
		isWrite: boolean,
	): BrokerUnavailableError | undefined {
		if (!(error instanceof Error)) {
			return undefined;
		}
		const { name } = error.constructor;
		const isRefused =
			/^(?:OOM|LOADING|READONLY|MISCONF|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)\b/.test(
				error.message,
			);
		if (error.message.startsWith("READONLY")) {
			this.#leaveReplica();
		}
		if (isReply(error) && !isRefused) {
			return undefined; // a mistake: no such command, no right to it
		}
		return new BrokerUnavailableError(
			`${this.#place}: ${error.message || name}`,
			{
				cause: error,
				isOutcomeUnknown:
					isWrite && !isRefused && name !== "ClientOfflineError",
			},
		);
	}

	/** After a failover the address leads to another server, but connections may stay where they are: the server is asked to end them. */
	#leaveReplica(): void {
		const now = performance.now();
		if (now - this.#leftAtMs < leaveEveryMs) {
			return;
		}
		this.#leftAtMs = now;
		this.#log.warn(
			`${this.#place} has become a replica, which stores nothing; connecting again`,
		);
		for (const client of [this.#commands, this.#listener]) {
			client.sendCommand(["QUIT"]).catch(() => {}); // it comes back by itself
		}
	}

	/** Waits a moment for what is under way. */
	async close(): Promise<void> {
		for (const client of [this.#commands, this.#listener]) {
			const closed = await waitAtMost(
				client.close().catch(() => {}),
				closeMs,
			);
			if (closed === late && client.isOpen) {
				client.destroy();
			}
		}
	}

	#onError(error: unknown): void {
		if (this.#isAway) {
			return;
		}
		this.#isAway = true;
		const reason = error instanceof Error ? error.message : String(error);
		this.#log.warn(`${this.#place} can't be reached: ${reason}`);
	}

	#onReady(): void {
		if (this.#isAway) {
			this.#isAway = false;
			this.#log.info(`${this.#place} is back`);
		}
		for (const channel of [...this.#unheard]) {
			this.listen(channel);
		}
		this.onBack();
	}
}

/** True for an answer of the server, rather than for none. */
function isReply(error: unknown): error is Error {
	return (
		error instanceof Error &&
		/^(?:ErrorReply|SimpleError)$/.test(error.constructor.name)
	);
}

async function loadRedis() {
	try {
		return await import("redis");
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'redisBroker() needs the package "redis": npm install redis.',
			{ cause },
		);
	}
}

function makeClient(
	createClient: typeof CreateClient,
	{ url, connectTimeoutMs }: RedisConnectionSettings,
) {
	let hasConnected = false;
	const client = createClient({
		url,
		disableOfflineQueue: true,
		pingInterval: pingMs,
		socket: {
			connectTimeout: connectTimeoutMs,
			socketTimeout: silenceMs,
			// a start that fails is tried again by the lifespan, which tells of it
			reconnectStrategy: (retries, cause) =>
				hasConnected
					? Math.min(longestPauseMs, 25 * 2 ** Math.min(retries, 10)) *
						(0.75 + Math.random() / 2)
					: cause,
		},
	});
	client.on("ready", () => {
		hasConnected = true;
	});
	return client;
}

function withoutPassword(url: string): string {
	const parsed = URL.parse(url);
	return parsed === null ? "Redis" : `Redis at ${parsed.host}`;
}
