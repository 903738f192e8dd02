import type { Socket } from "node:net";
import type { AppPort } from "../http/app-port.ts";
import type {
	ConnectionSource,
	ListenAddress,
} from "../server/lifecycle/connection-source.ts";
import { toListenError } from "../server/lifecycle/failure-text.ts";
import type {
	AdoptedServe,
	ServeHost,
} from "../server/lifecycle/serve-host.ts";
import {
	requestLogOf,
	resolveServeOptions,
	type ServeOptions,
} from "../server/lifecycle/serve-options.ts";
import { withErrorReports } from "./dev-errors.ts";
import type { DevMessage, DevProgram, ProgramMessage } from "./dev-message.ts";

/** Speaks for a program with `vivace dev`, in the process of the program. */
export class DevHost implements ServeHost {
	readonly #program: DevProgram;
	readonly #ports: ProgramPort[] = [];
	readonly #apps = new Set<AppPort>();
	readonly #served = Promise.withResolvers<AppPort>();
	#signalCount = 0;
	#isToldToStop = false;

	constructor(program: DevProgram) {
		this.#program = program;
		process.on("message", this.#onMessage);
		process.channel?.unref(); // a program that has nothing to do shall end
		process.on("disconnect", () => this.#stop(1));
	}

	/** Resolves to the first app that is served. */
	get served(): Promise<AppPort> {
		return this.#served.promise;
	}

	/** Resolves when every app that is served has started. */
	async allOpen(): Promise<void> {
		await this.served;
		await Promise.all(this.#ports.map((port) => port.opened));
	}

	send(message: ProgramMessage): void {
		// without a callback a channel that is gone would be an error of the process
		process.send?.(message, undefined, undefined, () => {});
	}

	async adopt(app: AppPort, given: ServeOptions): Promise<AdoptedServe> {
		if (this.#apps.has(app)) {
			return new Promise(() => {}); // the program serves what it exports, and was slower
		}
		this.#apps.add(app);
		this.#served.resolve(app);
		// one process is enough, and `vivace dev` holds the port
		const {
			log = console,
			requestLog = true,
			workers,
			workerLimits,
			...rest
		} = given;
		const { socketPath, socketMode, fd, ...others } = rest;
		const { host = given.host, port = given.port } = this.#program;
		const options: ServeOptions = {
			...others,
			...(host === undefined ? {} : { host }),
			...(port === undefined ? {} : { port }),
			signals: true,
			exit: true,
			drainDelayMs: 0, // no load balancer has to notice
			requestLog: requestLogOf({ requestLog, log }) ?? false,
			// where it listens, and that it stops, is told by vivace dev
			log: {
				info: () => {},
				warn: (message) => log.warn(message),
				error: (message, error) =>
					error === undefined ? log.error(message) : log.error(message, error),
			},
		};
		const connections = await this.#connect(app, options);
		return { options, connections, app: withErrorReports(app) };
	}

	async #connect(app: AppPort, options: ServeOptions): Promise<ProgramPort> {
		const { host, port, backlog, tls } = resolveServeOptions(options);
		const isSecure = tls !== undefined;
		const id = this.#ports.length;
		const own = new ProgramPort({
			// one that was told to stop has got its last connection before
			leave: () => {
				if (this.#isToldToStop) {
					own.endsWithLast();
				} else {
					this.send({ type: "leaving", id });
				}
			},
			left: () => this.send({ type: "left" }),
		});
		this.#ports.push(own);
		if (id === 0) {
			for (const name of ["SIGINT", "SIGTERM"]) {
				process.on(name, this.#onSignal);
			}
		}
		const { documentationPath } = app;
		const place = { id, host, port, backlog };
		this.send({ type: "serving", ...place, isSecure, documentationPath });
		try {
			await own.listening;
		} catch (error) {
			throw toListenError(error, host, port);
		}
		return own;
	}

	readonly #onMessage = (message: DevMessage, socket?: Socket): void => {
		if (message.type === "stop") {
			this.#stop(message.times);
			return;
		}
		const port = this.#ports[message.id];
		if (message.type === "connection") {
			// one that was closed on its way here comes as undefined
			if (socket !== undefined) {
				port?.take(socket);
			}
		} else if (message.type === "listening") {
			port?.listens(message.address);
		} else if (message.type === "last") {
			port?.endsWithLast();
		} else {
			const error = new Error(message.message);
			port?.refuse(Object.assign(error, { code: message.code }));
		}
	};

	readonly #onSignal = (): void => {
		this.#signalCount++;
		// until the first port is open, serve does not listen to signals
		if (!this.#ports.some((port) => port.isListening)) {
			process.exit();
		}
	};

	/** A signal that a terminal has sent to this process, too, is not repeated. */
	#stop(times: number): void {
		this.#isToldToStop = true;
		for (const port of this.#ports) {
			port.endsWithLast();
		}
		if (this.#ports.length === 0) {
			process.exit();
		}
		while (this.#signalCount < times) {
			process.emit("SIGTERM", "SIGTERM");
		}
	}
}

/** The words of a {@link ProgramPort} to the process that hands over the connections. */
interface ProgramPortEvents {
	/** It wants no connection any more. */
	leave(): void;
	/** It brings no new request any more. */
	left(): void;
}

/** A port of which another process hands over the connections. Keeps the process for as long as it is open. */
class ProgramPort implements ConnectionSource {
	readonly #listening = Promise.withResolvers<void>();
	readonly #opened = Promise.withResolvers<void>();
	readonly #last = Promise.withResolvers<void>();
	readonly #events: ProgramPortEvents;
	#address: ListenAddress | undefined;
	/** There while it is open. */
	#accept: ((connection: Socket) => void) | undefined;
	/** A person at a browser reloads at once; a client that asks all the time is back by then. */
	readonly usedFarewellMs = 1000;

	constructor(events: ProgramPortEvents) {
		this.#events = events;
		openCount++;
		process.channel?.ref();
	}

	get isListening(): boolean {
		return this.#address !== undefined;
	}

	/** Resolves when the other process listens; rejects with the operating system's error. */
	get listening(): Promise<void> {
		return this.#listening.promise;
	}

	/** Resolves when connections are taken. */
	get opened(): Promise<void> {
		return this.#opened.promise;
	}

	listens(address: ListenAddress): void {
		this.#address = address;
		this.#listening.resolve();
	}

	/** No connection comes any more. */
	endsWithLast(): void {
		this.#last.resolve();
	}

	onIdleClosed(): void {
		this.#events.left();
	}

	refuse(error: Error): void {
		this.#close();
		this.#listening.reject(error);
	}

	take(connection: Socket): void {
		if (this.#accept === undefined) {
			connection.destroy();
		} else {
			this.#accept(connection);
		}
	}

	async open(accept: (connection: Socket) => void): Promise<ListenAddress> {
		this.#accept = accept;
		this.#opened.resolve();
		return this.#address as ListenAddress; // opened after `listening`
	}

	async close(): Promise<void> {
		this.#events.leave();
		await this.#last.promise;
		this.#close();
	}

	#close(): void {
		this.#accept = undefined;
		openCount--;
		if (openCount === 0) {
			process.channel?.unref();
		}
	}
}

let openCount = 0;
