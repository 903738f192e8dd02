import { WebSocketDisconnect } from "../errors/web-socket-errors.ts";
import { lastTurn } from "./inbox.ts";

/** Makes the turns of a loop. */
export interface LoopSource<Value> {
	nextTurn(): Promise<IteratorResult<Value, undefined>>;
	/** The loop was left: its last turn is needed no more. */
	leaveLoop?(): void;
}

/** The messages of a socket until it is closed. Without closures of its own, which a socket holds as long as its handler waits. */
export class MessageLoop<Value> implements AsyncIterator<Value, undefined> {
	readonly #source: LoopSource<Value>;

	constructor(source: LoopSource<Value>) {
		this.#source = source;
	}

	next(): Promise<IteratorResult<Value, undefined>> {
		return this.#source.nextTurn();
	}

	return(): Promise<IteratorResult<Value, undefined>> {
		this.#source.leaveLoop?.();
		return Promise.resolve(lastTurn);
	}
}

/** The turns of messages that are read by a schema. */
export class ReadLoop<Value> implements LoopSource<Value> {
	readonly #source: { receive(): Promise<Value> };

	constructor(source: { receive(): Promise<Value> }) {
		this.#source = source;
	}

	nextTurn(): Promise<IteratorResult<Value, undefined>> {
		return this.#source.receive().then(given<Value>, endOfLoop);
	}
}

function given<Value>(value: Value): IteratorResult<Value, undefined> {
	return { done: false, value };
}

/** The turn behind the last message. @throws what is no end of the socket */
export function endOfLoop(error: unknown): typeof lastTurn {
	if (error instanceof WebSocketDisconnect) {
		return lastTurn;
	}
	throw error;
}
