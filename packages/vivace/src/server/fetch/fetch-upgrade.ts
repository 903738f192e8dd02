import { ClientGoneError } from "../../errors/client-gone.ts";
import type {
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../../http/upgrade.ts";
import type { FetchExchange } from "./fetch-exchange.ts";
import type { FetchHost } from "./fetch-host.ts";
import { FetchSocket } from "./fetch-socket.ts";

/** The way from a handshake to a socket of a runtime. */
export class FetchUpgrade<Info> implements SocketUpgrade {
	readonly #host: FetchHost<Info>;
	readonly #exchange: FetchExchange<Info>;
	/** Called with the runtime's answer, by who waits for that. */
	#onAnswer: ((response: globalThis.Response) => void) | undefined;
	#response: globalThis.Response | undefined;
	#isAnswered = false;

	constructor(host: FetchHost<Info>, exchange: FetchExchange<Info>) {
		this.#host = host;
		this.#exchange = exchange;
	}

	/**
	 * The answer to the handshake, as soon as there is one: the app is done with it when the socket is over, the runtime when it is open.
	 *
	 * @param answer what the app makes of the handshake
	 */
	answered(
		answer: globalThis.Response | Promise<globalThis.Response>,
	): globalThis.Response | Promise<globalThis.Response> {
		if (this.#isAnswered) {
			return this.#response as globalThis.Response; // Bun has answered by itself and takes nothing more
		}
		if (!(answer instanceof Promise)) {
			return answer;
		}
		return new Promise((resolve) => {
			this.#onAnswer = resolve;
			void answer.then(resolve); // it never rejects
		});
	}

	accept(
		head: SocketHead,
		events: SocketEvents,
	): SocketConnection | Promise<SocketConnection> {
		const socket = new FetchSocket(this.#host, this.#exchange, head, events);
		const fail = (error: unknown): never => {
			socket.stop(); // it would be asked for ever whether it is there
			throw error;
		};
		try {
			const opened = this.#open(head, socket);
			return opened === undefined
				? this.#begun(socket)
				: opened.then(() => this.#begun(socket), fail);
		} catch (error) {
			return fail(error);
		}
	}

	/** @throws ClientGoneError */
	#open(
		head: SocketHead,
		socket: FetchSocket<Info>,
	): Promise<void> | undefined {
		const exchange = this.#exchange;
		const { request, info } = exchange;
		exchange.isUpgrading = !exchange.isClientGone;
		const upgraded = exchange.isUpgrading
			? this.#host.port.upgrade?.(request, info, head, socket)
			: undefined;
		if (upgraded === undefined) {
			exchange.isUpgrading = false;
			throw new ClientGoneError();
		}
		this.#answer(upgraded.response);
		return upgraded.opened;
	}

	#answer(response: globalThis.Response | undefined): void {
		this.#isAnswered = true;
		this.#response = response;
		this.#onAnswer?.(response as globalThis.Response);
		this.#onAnswer = undefined;
	}

	#begun(socket: FetchSocket<Info>): FetchSocket<Info> {
		if (this.#host.isClosing) {
			queueMicrotask(() => socket.shutdown()); // when the app has it
		}
		return socket;
	}
}
