import type { Worker as ClusterWorker } from "node:cluster";
import type { Socket } from "node:net";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { ConnectionTaker } from "../lifecycle/workers-port.ts";
import type { BrokerHost, HostedWorker } from "./broker-host.ts";
import { forkWorker } from "./fork-worker.ts";
import { Heartbeat } from "./heartbeat.ts";
import {
	isWorkerMessage,
	type MessageToPrimary,
	type MessageToWorker,
} from "./worker-message.ts";

/** Why a worker could not start. */
export class WorkerStartError extends Error {
	override readonly name = "WorkerStartError";
}

/** The part of the supervisor that a worker needs. */
export interface WorkerHost {
	/** How many there are. */
	readonly count: number;
	/** How long one may say nothing while it serves, in milliseconds; `0` is no limit. */
	readonly blockedMs: number;
	/** Keeps the messages of their channels. */
	readonly messages: BrokerHost;
	/** The descriptor that the one in a place is to inherit; `undefined` where it is handed connections. */
	descriptorFor(id: number): number | undefined;
}

/** A worker as the primary process sees it. */
export class WorkerProcess implements ConnectionTaker {
	readonly id: number;
	/** Resolves when its app has started; rejects with a {@link WorkerStartError} when it ends without. */
	readonly ready: Promise<void>;
	/** Resolves when the process has ended: to how, `undefined` if it went well. */
	readonly ended: Promise<string | undefined>;
	/** Resolves when it accepts no connections itself. */
	readonly left: Promise<unknown>;
	/** Called when it wants to stop, with the reason. */
	onLeaving: ((reason: string, hasFailed: boolean) => void) | undefined =
		undefined;
	/** Called when another shall take its place, with the reason. */
	onTired: ((reason: string) => void) | undefined;
	/** Called when it has left a body behind. */
	onAbandoned: (() => void) | undefined;
	/** How many sockets it has open, as it last told. */
	socketCount = 0;
	readonly #worker: ClusterWorker;
	readonly #blockedMs: number;
	readonly #messages: HostedWorker;
	#heartbeat: Heartbeat | undefined;
	#isReady = false;
	#servesSinceMs: number | undefined;
	#isStopping = false;
	#killed: string | undefined;
	/** The orders that concern its end, for when it hears. To be told twice changes nothing. */
	readonly #orders: MessageToWorker[] = [];
	#reason: string | undefined;
	readonly #onLeft = Promise.withResolvers<void>();
	#onTaken: ((hasArrived: boolean) => void) | undefined;

	constructor(id: number, host: WorkerHost) {
		this.id = id;
		this.#blockedMs = host.blockedMs;
		this.#messages = host.messages.connect((message) => this.#send(message));
		const descriptor = host.descriptorFor(id);
		const worker = forkWorker(`${id}/${host.count}`, descriptor);
		this.#worker = worker;
		this.ended = new Promise((resolve) => {
			worker.once("exit", (code: number, signal: string | null) =>
				resolve(this.#killed ?? howItEnded(code, signal)),
			);
			// of others, as of a message that can't be sent any more, the end is what counts
			worker.on("error", (error: NodeJS.ErrnoException) => {
				if (!this.#isThere) {
					resolve(`could not be started (${error.code})`); // for want of descriptors: no end follows
				}
			});
		});
		this.left = Promise.race([this.#onLeft.promise, this.ended]);
		if (descriptor === undefined) {
			this.#onLeft.resolve();
		}
		this.ready = this.#becomesReady();
		this.ready.catch(() => {}); // whoever started it looks at it
	}

	/** False when the system has refused to start the process. */
	get #isThere(): boolean {
		return this.#worker.process.pid !== undefined;
	}

	/** For messages: `worker 1 (process 4711)`. */
	get name(): string {
		return `worker ${this.id} (process ${this.#worker.process.pid ?? "none"})`;
	}

	/** How long it has served, in milliseconds. */
	get servedMs(): number {
		return this.#servesSinceMs === undefined
			? 0
			: performance.now() - this.#servesSinceMs;
	}

	/** True when its app has started. */
	get isReady(): boolean {
		return this.#isReady;
	}

	/** True when it was ever told to serve. */
	get hasServed(): boolean {
		return this.#servesSinceMs !== undefined;
	}

	/** True when it was told to stop. */
	get isStopping(): boolean {
		return this.#isStopping;
	}

	hand(connection: Socket): Promise<boolean> {
		return new Promise((resolve) => {
			this.#onTaken = resolve;
			// a copy stays here until it has arrived, so that another can get it
			this.#send({ vivace: "connection" }, connection, () => resolve(false));
		});
	}

	tellListening(address: ListenAddress): void {
		this.#servesSinceMs = performance.now();
		this.#send({ vivace: "listening", address });
		this.#heartbeat = new Heartbeat(
			this.#blockedMs,
			() => this.#send({ vivace: "ping" }),
			() =>
				this.#kill(
					`its event loop was blocked for ${this.#blockedMs / 1000} s (workerLimits.blockedMs), and it was killed`,
				),
		);
		void this.ended.then(() => this.#heartbeat?.end());
	}

	/** Tells it to stop, when {@link WorkerProcess.tellLast} has said that no connection follows. */
	tellDrain(farewellMs: number): void {
		this.#isStopping = true;
		this.#heartbeat?.end();
		this.#order({ vivace: "drain", farewellMs });
	}

	tellLast(): void {
		this.#order({ vivace: "last" });
	}

	tellHurry(): void {
		this.#order({ vivace: "hurry" });
	}

	#order(order: MessageToWorker): void {
		this.#orders.push(order);
		this.#send(order);
	}

	/** Ends it within `limitMs`, if it has not ended by itself. */
	killAfter(limitMs: number): void {
		const timer = setTimeout(
			() => this.#kill(`did not end within ${limitMs / 1000} s and was killed`),
			limitMs,
		);
		void this.ended.then(() => clearTimeout(timer));
	}

	#kill(how: string): void {
		this.#killed = how;
		this.#worker.process.kill("SIGKILL");
	}

	#becomesReady(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#worker.on("message", (message: unknown) => {
				if (!isWorkerMessage<MessageToPrimary>(message)) {
					return;
				}
				if (message.vivace === "ready") {
					this.#isReady = true;
					resolve();
				}
				this.#hear(message);
			});
			void this.ended.then((how) => {
				this.#settle(false);
				this.#messages.end();
				reject(
					new WorkerStartError(
						this.#reason ??
							`it ended before it served: ${how ?? "exit code 0"}`,
					),
				);
			});
		});
	}

	#hear(message: MessageToPrimary): void {
		if (message.vivace === "here") {
			for (const order of this.#orders) {
				this.#send(order);
			}
		} else if (message.vivace === "taken") {
			this.#settle(true);
		} else if (message.vivace === "left") {
			this.#onLeft.resolve();
		} else if (message.vivace === "failed") {
			this.#reason = message.reason;
		} else if (message.vivace === "leaving") {
			this.onLeaving?.(message.reason, message.hasFailed);
		} else if (message.vivace === "abandoned") {
			this.onAbandoned?.();
		} else if (message.vivace === "alive") {
			this.#heartbeat?.hear();
		} else if (message.vivace === "tired") {
			this.onTired?.(message.reason);
		} else if (message.vivace === "sockets") {
			this.socketCount = message.count;
		} else {
			void this.#messages.hear(message);
		}
	}

	#settle(hasArrived: boolean): void {
		this.#onTaken?.(hasArrived);
		this.#onTaken = undefined;
	}

	#send(
		message: MessageToWorker,
		connection?: Socket,
		onFailed: () => void = () => {},
	): void {
		if (!this.#isThere) {
			return; // then it has no send() either
		}
		this.#worker.process.send(
			message,
			connection,
			{ keepOpen: true },
			(error) => {
				if (error !== null) {
					onFailed();
				}
			},
		);
	}
}

function howItEnded(code: number, signal: string | null): string | undefined {
	if (signal !== null) {
		return `killed by ${signal}`;
	}
	if (code < 0) {
		return `could not be started (error ${code})`;
	}
	return code === 0 ? undefined : `exit code ${code}`;
}
