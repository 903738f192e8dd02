import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Broker } from "../http/broker.ts";
import { Dependency } from "../inject/dependency.ts";
import {
	type ResourceOptions,
	resourceRules,
} from "../inject/resource-options.ts";
import { RedisBroker } from "./redis-broker.ts";
import { RedisConnection } from "./redis-connection.ts";

/** Options of {@link redisBroker}. Those of every resource are among them; by default one that can't be reached yet is tried six times in 15 s. */
export interface RedisBrokerOptions extends ResourceOptions<Broker> {
	/** Its name in messages. Default: `redis`. */
	readonly name?: string;
	/** Begins the name of every key and Pub/Sub channel. Default: `vivace:`. */
	readonly prefix?: string;
	/** How long the server may take for an answer, in milliseconds. Default: 2,000. */
	readonly commandTimeoutMs?: number;
	/** How long a connection may take to be there, in milliseconds. Default: 2,000. */
	readonly connectTimeoutMs?: number;
	/** Told when the server can't be reached, and when it is back. Default: the console. */
	readonly log?: Pick<Console, "warn" | "info">;
}

const rules: OptionRules<RedisBrokerOptions> = {
	...resourceRules,
	name: "text",
	prefix: "text",
	commandTimeoutMs: "milliseconds",
	connectTimeoutMs: "milliseconds",
	log: "record",
};

/**
 * A Redis (7 or later) or Valkey server that keeps the messages of channels, for services on several machines. No request and no stop
 * waits for one that is away: who publishes gets a `BrokerUnavailableError` (503) that says whether the message may have been
 * stored, subscribers wait and then go on where they were. Needs the package `redis`.
 *
 * @param url `redis://user:password@host:6379/0`, `rediss://` with TLS; a function is asked at each start
 * @throws SetupError `VIV_OPTION` for what is no such URL, or a wrong option
 * @example
 * ```ts
 * import { channel } from "vivace/channel";
 * import { redisBroker } from "vivace/redis";
 * import { z } from "zod";
 *
 * const broker = redisBroker("redis://127.0.0.1:6379");
 * export const news = channel("news", z.object({ title: z.string() }), { broker });
 * ```
 */
export function redisBroker(
	url: string | (() => string),
	options: RedisBrokerOptions = {},
): Dependency<Broker, "app"> {
	if (typeof url === "string") {
		assertUrl(url);
	} else {
		assertArgument("redisBroker()", "url", url, "function");
	}
	assertOptions("redisBroker()", options, rules);
	const { name = "redis", prefix = "vivace:", log = console } = options;
	const { commandTimeoutMs = 2_000, connectTimeoutMs = 2_000 } = options;
	const resource = Object.fromEntries(
		Object.keys(resourceRules).flatMap((key) =>
			key in options ? [[key, options[key as keyof ResourceOptions]]] : [],
		),
	);
	return new Dependency(
		{},
		async function* () {
			const given = typeof url === "string" ? url : url();
			assertUrl(given);
			const connection = await RedisConnection.open({
				url: given,
				connectTimeoutMs,
				log,
			});
			const broker = new RedisBroker(connection, { prefix, commandTimeoutMs });
			try {
				yield broker as Broker;
			} finally {
				await broker[Symbol.asyncDispose]();
			}
		},
		{
			check: (broker) => (broker as RedisBroker).ping(),
			retry: { times: 5, delayMs: 500 },
			...resource,
			name,
			scope: "app",
		},
	);
}

function assertUrl(url: string): void {
	if (/^rediss?:\/\//.test(url) && URL.canParse(url)) {
		return;
	}
	const kind = url.split(":", 1)[0];
	throw new SetupError(
		"VIV_OPTION",
		`redisBroker(): the URL must be like redis://user:password@host:6379/0 or rediss://…, not one of "${kind}".`,
	);
}
