import type { ServerLog } from "../lifecycle/serve-options.ts";
import type { KnownHeads } from "./known-heads.ts";
import type { NodeExchange } from "./node-exchange.ts";

/** The part of the server that sending a response needs. */
export interface ExchangeHost {
	readonly log: ServerLog;
	/** Heads that are kept, where the runtime takes them as they are. */
	readonly heads: KnownHeads | undefined;
	/** True when the server is stopping: every answer is the last on its connection. */
	readonly isClosing: boolean;
	/** True when it will be soon. */
	readonly isLeaving: boolean;
	/** Keeps an exchange that is not over when its listener returns; stopping waits for it. */
	track(exchange: NodeExchange): void;
	/** Forgets it. */
	release(exchange: NodeExchange): void;
	/** Says that its body did not end in time, and counts it. */
	abandon(exchange: NodeExchange): void;
}
