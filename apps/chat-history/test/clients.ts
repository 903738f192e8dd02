import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { eventsOf } from "./event-stream.ts";

/** How long a client waits before it connects again. */
const pauseMs = 50;

/** A client that follows the conversation `a` of user 1, and goes on behind its last message whenever it is cut off. */
export abstract class FollowingClient implements AsyncDisposable {
	/** The messages that it has heard, in order; `(gap)` for a gap. */
	readonly contents: string[] = [];
	/** How often it has connected. */
	connections = 0;
	readonly isReady: Promise<void>;
	protected url: string;
	protected lastId: string | undefined;
	protected readonly end: AbortController = new AbortController();
	readonly #ready = Promise.withResolvers<void>();
	readonly #following: Promise<void>;

	constructor(url: string) {
		this.url = url;
		this.isReady = this.#ready.promise;
		this.#following = this.#follow();
		this.#following.catch(this.#ready.reject);
	}

	/** Listens until it is cut off. */
	protected abstract listen(): Promise<void>;

	protected take(kind: string, id: string | undefined, content?: string): void {
		this.lastId = id ?? this.lastId;
		if (kind === "ready") {
			this.connections++;
			this.#ready.resolve();
		} else {
			this.contents.push(content ?? `(${kind})`);
		}
	}

	/** It comes back there when it is cut off. */
	goOnAt(url: string): void {
		this.url = url;
	}

	async #follow(): Promise<void> {
		await Promise.resolve(); // until the subclass is there
		while (!this.end.signal.aborted) {
			await this.listen();
			await wait(pauseMs);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.end.abort();
		await this.#following;
	}
}

/** By server-sent events. */
export class StreamClient extends FollowingClient {
	protected override async listen(): Promise<void> {
		try {
			const response = await fetch(
				`${this.url}/conversations/a/events?user_id=1`,
				{
					signal: this.end.signal,
					headers:
						this.lastId === undefined ? {} : { "last-event-id": this.lastId },
				},
			);
			if (response.status !== 200) {
				assert.ok(response.status >= 502, `answered with ${response.status}`);
				return;
			}
			for await (const { event = "", id, data } of eventsOf(response)) {
				const message = event === "message" ? JSON.parse(data ?? "") : {};
				this.take(event, id, message.content);
			}
		} catch (error) {
			if (error instanceof assert.AssertionError) {
				throw error;
			}
			// cut off, or nobody is there
		}
	}
}

/** By a socket. */
export class SocketClient extends FollowingClient {
	protected override async listen(): Promise<void> {
		const from =
			this.lastId === undefined
				? ""
				: `&from=${encodeURIComponent(this.lastId)}`;
		const address = this.url.replace("http", "ws");
		const socket = new WebSocket(
			`${address}/conversations/a/events?user_id=1${from}`,
		);
		socket.addEventListener("message", ({ data }) => {
			const { kind, id, message } = JSON.parse(data);
			this.take(kind, id, message?.content);
		});
		socket.addEventListener("error", () => {}); // `close` follows
		const close = () => socket.close();
		this.end.signal.addEventListener("abort", close);
		if (this.end.signal.aborted) {
			close();
		}
		await once(socket, "close");
		this.end.signal.removeEventListener("abort", close);
	}
}
