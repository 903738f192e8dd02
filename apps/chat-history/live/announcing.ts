import { type Dependency, dependency, type Logger } from "vivace";
import { channel } from "vivace/channel";
import { redisBroker } from "vivace/redis";
import type { Announce } from "../routes/store-message.ts";
import type { MessageLog } from "../storage/message-log.ts";
import { LiveConversations } from "./live-conversations.ts";
import { StoreNews } from "./store-news.ts";

/** The dependencies by which stored messages are told of and followed. */
export interface Announcing {
	readonly live: Dependency<LiveConversations, "app">;
	readonly announce: Dependency<Announce, "app">;
}

/** How processes learn of each other's messages. */
export interface AnnouncingOptions {
	/** By which several machines tell each other; without it each finds out by itself. */
	readonly redisUrl: string | undefined;
	/** How often it is looked for messages of which nobody has told, in milliseconds. */
	readonly pollMs: number;
	readonly logger: Logger;
}

export function createAnnouncing(
	log: Dependency<MessageLog, "app">,
	{ redisUrl, pollMs, logger }: AnnouncingOptions,
): Announcing {
	const broker =
		redisUrl === undefined ? undefined : redisBroker(redisUrl, { log: logger });
	// it wakes, and tells nothing: the messages are in the database
	const news = channel("chat-history", StoreNews, {
		broker,
		backlog: { count: 1 },
	});
	const live = dependency(
		{ news, log },
		async function* live({ news, log }) {
			await using conversations = new LiveConversations(news, log, {
				pollMs,
				logger,
			});
			yield conversations;
		},
		{ scope: "app" },
	);
	const announce = dependency(
		{ live },
		function announce({ live }): Announce {
			return () => live.announce();
		},
		{ scope: "app" },
	);
	return { live, announce };
}
