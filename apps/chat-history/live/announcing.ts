import {
	BackgroundTasks,
	type Dependency,
	dependency,
	type Logger,
} from "vivace";
import { channel } from "vivace/channel";
import { redisBroker } from "vivace/redis";
import type { Announce } from "../routes/store-message.ts";
import type { MessageStore } from "../storage/message-store.ts";
import { Announcement, LiveConversations } from "./live-conversations.ts";

/** The dependencies by which stored messages are told of and followed. */
export interface Announcing {
	readonly live: Dependency<LiveConversations, "app">;
	readonly announce: Dependency<Announce>;
}

/** @param redisUrl by which several machines tell each other; without it each tells its own alone */
export function createAnnouncing(
	messages: Dependency<MessageStore, "app">,
	redisUrl: string | undefined,
	logger: Logger,
): Announcing {
	const broker =
		redisUrl === undefined ? undefined : redisBroker(redisUrl, { log: logger });
	const announced = channel("chat-history", Announcement, { broker });
	const live = dependency(
		{ announced, messages },
		function live({ announced, messages }) {
			return new LiveConversations(announced, messages, logger);
		},
		{ scope: "app" },
	);
	const announce = dependency(
		{ live, tasks: BackgroundTasks },
		function announce({ live, tasks }): Announce {
			return (message, id) => tasks.add(() => live.announce(message, id));
		},
	);
	return { live, announce };
}
