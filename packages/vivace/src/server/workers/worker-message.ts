import type { Broker } from "../../http/broker.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";

/** A message of the primary process to a worker. A `connection` comes with the socket. */
export type MessageToWorker =
	| { readonly vivace: "listening"; readonly address: ListenAddress }
	| { readonly vivace: "connection" }
	/** Stop, but go on answering what comes until `last`, and on connections that are idle until `farewellMs` later. */
	| { readonly vivace: "drain"; readonly farewellMs: number }
	/** No connection follows this message. */
	| { readonly vivace: "last" }
	/** Are you there? The answer is `alive`. */
	| { readonly vivace: "ping" }
	/** Nobody wants to wait any longer. */
	| { readonly vivace: "hurry" }
	/** How a {@link BrokerCall} ended; without a result it failed. */
	| {
			readonly vivace: "broker";
			readonly call: number;
			readonly result?: unknown;
	  }
	/** There may be more to read in a topic that the worker follows. */
	| { readonly vivace: "wake"; readonly topic: string };

/** A method of the broker in the primary process, with what it is given. */
export type BrokerCall = {
	[Method in "publish" | "read" | "lastId"]: {
		readonly method: Method;
		readonly given: Parameters<Broker[Method]>;
	};
}["publish" | "read" | "lastId"];

/** A message of a worker to the primary process. */
export type MessageToPrimary =
	/** It hears from now on: what it was told before may have been lost, its program was still being loaded. */
	| { readonly vivace: "here" }
	/** The app has started. */
	| { readonly vivace: "ready" }
	/** It could not; the process ends. */
	| { readonly vivace: "failed"; readonly reason: string }
	/** A connection has arrived and the next may come. */
	| { readonly vivace: "taken" }
	/** It was told to stop, and accepts no connection any more on the socket that it has inherited. */
	| { readonly vivace: "left" }
	/** It has so many open sockets. */
	| { readonly vivace: "sockets"; readonly count: number }
	/** It has left a body behind. */
	| { readonly vivace: "abandoned" }
	| { readonly vivace: "alive" }
	| {
			readonly vivace: "broker";
			readonly call: number;
			readonly of: BrokerCall;
	  }
	/** It follows a topic, or does so no longer. */
	| {
			readonly vivace: "follow";
			readonly topic: string;
			readonly isFollowing: boolean;
	  }
	/** It goes on, and another shall take its place. */
	| { readonly vivace: "tired"; readonly reason: string }
	/** It wants to stop, for a reason of its own. */
	| {
			readonly vivace: "leaving";
			readonly reason: string;
			readonly hasFailed: boolean;
	  };

/** True when a message is one of ours: a program may send its own on the same channel. */
export function isWorkerMessage<
	Message extends MessageToWorker | MessageToPrimary,
>(message: unknown): message is Message {
	return typeof message === "object" && message !== null && "vivace" in message;
}

/** The name of the environment variable that tells a worker its number, how many there are, and the descriptor that it inherits: `1/4`, `1/4/4`. */
export const workerVariable = "VIVACE_WORKER";
