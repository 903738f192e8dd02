import { ClientGoneError } from "../../errors/client-gone.ts";
import { Exchange } from "../../http/exchange.ts";

/** An exchange on a server, whatever that speaks: what aborts its signal, which is made when it is asked for. */
export abstract class ServerExchange extends Exchange {
	/** There once the signal was asked for. */
	protected controller: AbortController | undefined;
	/** When the server began to keep it, as `performance.now()` counts: it was not over when its listener returned. A whole number: others take 16 bytes more. */
	trackedMs = 0;
	/** The open socket that it has become. */
	upgraded: { shutdown(): void } | undefined;
	#isShutDown = false;
	/** The reason why the socket that it had become is closed. */
	#socketEnd: unknown;

	/** True when the connection was lost before the response was complete. */
	abstract get isClientGone(): boolean;

	/** Aborts a signal when the client leaves, or at once if it has left. */
	protected abstract watchClient(controller: AbortController): void;

	get signal(): AbortSignal {
		if (this.controller === undefined) {
			const controller = new AbortController();
			this.controller = controller;
			if (this.#isShutDown) {
				controller.abort("shutdown");
			} else if (this.#socketEnd !== undefined) {
				controller.abort(this.#socketEnd);
			} else {
				this.watchClient(controller);
			}
		}
		return this.controller.signal;
	}

	/** Aborts {@link ServerExchange.signal}, also one that is asked for later. */
	abortForShutdown(): void {
		this.#isShutDown = true;
		this.controller?.abort("shutdown");
	}

	/** The socket that it has become is closed: aborts {@link ServerExchange.signal}. */
	endSocket(reason: unknown): void {
		this.#socketEnd = reason;
		this.controller?.abort(reason);
	}

	/** True when an error only says that {@link ServerExchange.signal} was aborted. */
	isAbortion(error: unknown): boolean {
		return (
			(this.#isShutDown || this.isClientGone) &&
			saysAborted(error, this.controller?.signal.reason)
		);
	}
}

function saysAborted(error: unknown, reason: unknown): boolean {
	return (
		error instanceof ClientGoneError ||
		(reason !== undefined && error === reason) ||
		(error instanceof Error && error.name === "AbortError")
	);
}
