import { setTimeout as sleep } from "node:timers/promises";
import { isNotExecuted, isOutcomeUnknown } from "../errors/database-error.ts";
import { textOf } from "./connection-errors.ts";
import type { Connector, PooledConnection } from "./pooled-connection.ts";
import { type Server, type Standing, serversOf } from "./server.ts";
import type { ResolvedServerOptions } from "./server-options.ts";

/** The port of the list of servers to the pool. */
export interface ServersListener {
	/** True when the pool has connections to it. */
	hasConnectionsTo(server: Server): boolean;
	/** Another server is the current one. */
	onMoved(): void;
	/** It does not answer: who waits for it would wait for long. */
	onSilent(server: Server, reason: Error): void;
}

/** The pause between the two looks at a server that was down. */
const secondLookMs = 1_000;

/** Nothing came back: connections that are open will not hear from it either. A process that has ended resets them itself. */
const silentCodes: ReadonlySet<unknown> = new Set([
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"EHOSTDOWN",
]);

/**
 * The servers of a cluster in the order of preference, and the one that all connections go to: the first of those that are best. A
 * server falls when it is seen to fail and rises when a connection to it has shown that it is well; nothing is tried on callers'
 * time that is known to fail as long as there is another choice. With one server there is no choice, and no timer.
 */
export class Servers<Connection extends PooledConnection> {
	readonly #connector: Connector<Connection>;
	readonly #options: ResolvedServerOptions;
	readonly #servers: readonly [Server, ...Server[]];
	#current: Server;
	#listener: ServersListener | undefined;
	readonly #timers = new Map<Server, NodeJS.Timeout>();
	readonly #probing = new Map<Server, Promise<void>>();
	#isClosed = false;

	constructor(
		connector: Connector<Connection>,
		options: ResolvedServerOptions,
	) {
		this.#connector = connector;
		this.#options = options;
		this.#servers = serversOf(options);
		this.#current = this.#servers[0];
	}

	/** Where new connections go. */
	get current(): Server {
		return this.#current;
	}

	get hasChoice(): boolean {
		return this.#servers.length > 1;
	}

	listen(listener: ServersListener): void {
		this.#listener = listener;
	}

	/**
	 * A connection to the current server; if there is none to be had, to the next one that gives one.
	 *
	 * @throws The driver's error, of the server that was tried last.
	 */
	async connect(): Promise<Connection> {
		const tried = new Set<Server>();
		for (let server = this.#current; ; ) {
			tried.add(server);
			try {
				const connection = await this.#try(server);
				if (server === this.#current) {
					return connection;
				}
				await connection.close(); // a better one has come up meanwhile, or this one is read-only
				server = this.#current;
			} catch (error) {
				const next = this.#alternative(server, tried);
				if (!next) {
					throw error;
				}
				server = next;
			}
		}
	}

	/** Takes in what the end of a connection says about its server. */
	noteLost({ server }: Connection, reason: Error): void {
		const standing = this.#connector.standingAfter(reason);
		if (standing) {
			this.#note(server, standing, reason);
		}
	}

	/** Looks whether a server that does not answer can still be reached, unless somebody is doing so. */
	probe(server: Server): void {
		if (this.#isClosed || this.#probing.has(server)) {
			return;
		}
		const probe = this.#look(server)
			.catch(() => undefined) // the server's standing was noted
			.finally(() => {
				this.#probing.delete(server);
				this.#scheduleProbe(server);
			});
		this.#probing.set(server, probe);
	}

	/** Ends what goes on in the background. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (const timer of this.#timers.values()) {
			clearTimeout(timer);
		}
		await Promise.allSettled(this.#probing.values());
	}

	/**
	 * Connects to a server and notes how it is. One that was down is asked twice with a pause in between: a machine that was frozen
	 * does not know at once that its cluster has gone on without it.
	 */
	async #look(server: Server): Promise<void> {
		if (server.standing === "down") {
			const first = await this.#connectTo(server);
			await first.close();
			await sleep(secondLookMs, undefined, { ref: false });
			if (this.#isClosed) {
				return;
			}
		}
		const connection = await this.#try(server);
		await connection.close();
	}

	/** Which server to try after one has failed: the current one, or, if none is known to be well, each of them once. */
	#alternative(failed: Server, tried: ReadonlySet<Server>): Server | undefined {
		if (this.#current !== failed && this.#current.standing !== "down") {
			return this.#current;
		}
		if (failed.standing !== "down") {
			return undefined;
		}
		return this.#servers.find((server) => !tried.has(server));
	}

	async #try(server: Server): Promise<Connection> {
		const connection = await this.#connectTo(server);
		this.#note(server, connection.isServerReadOnly ? "readOnly" : "writable");
		return connection;
	}

	async #connectTo(server: Server): Promise<Connection> {
		const answersBefore = server.answers;
		try {
			return await this.#connector.connect(server);
		} catch (error) {
			this.#judge(server, error as Error, answersBefore);
			throw error;
		}
	}

	#judge(server: Server, error: Error, answersBefore: number): void {
		const standing = this.#connector.standingAfter(error);
		if (standing) {
			this.#note(server, standing, error);
		}
		if (standing || !(isNotExecuted(error) || isOutcomeUnknown(error))) {
			return;
		}
		const { code } = error as { code?: unknown };
		const isInUse = this.#listener?.hasConnectionsTo(server) ?? false;
		if (this.#connector.isFull(error) && isInUse) {
			return;
		}
		// Statements go through: a try to connect that got lost says nothing about the server.
		if (server.answers !== answersBefore) {
			return;
		}
		this.#note(server, "down", error);
		if (this.hasChoice && silentCodes.has(code)) {
			this.#listener?.onSilent(server, error);
		}
	}

	#note(server: Server, standing: Standing, reason?: Error): void {
		const before = server.standing;
		if (!this.hasChoice || before === standing) {
			return;
		}
		server.becomes(standing);
		if (standing === "writable") {
			this.#cancelProbe(server);
		} else {
			this.#scheduleProbe(server);
		}
		this.#choose(server, reason);
	}

	/** The first of the best; if none is well, the present one stays. */
	#choose(cause: Server, reason: Error | undefined): void {
		const best = this.#servers.reduce((chosen, server) =>
			server.isBetterThan(chosen) ? server : chosen,
		);
		if (best === this.#current || best.standing === "down") {
			return;
		}
		const left = this.#current;
		this.#current = best;
		this.#options.log(
			`database: ${best.name} is used instead of ${left.name}: ${cause.name} ${reason ? `failed: ${textOf(reason)}` : `is ${cause.standing === "writable" ? "well" : "read-only"}`}`,
		);
		this.#listener?.onMoved();
	}

	#scheduleProbe(server: Server): void {
		if (server.standing === "writable" || this.#timers.has(server)) {
			return;
		}
		if (this.#isClosed) {
			return;
		}
		const timer = setTimeout(() => {
			this.#timers.delete(server);
			this.probe(server);
		}, server.nextExileMs());
		timer.unref();
		this.#timers.set(server, timer);
	}

	#cancelProbe(server: Server): void {
		clearTimeout(this.#timers.get(server));
		this.#timers.delete(server);
	}
}
