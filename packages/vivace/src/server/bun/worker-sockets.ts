import { waitAtMost } from "../../time/waiting.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { ListenPlace } from "../lifecycle/listen-place.ts";
import type {
	ConnectionTaker,
	WorkersPort,
} from "../lifecycle/workers-port.ts";
import { adoptSocket } from "./adopted-socket.ts";
import type { BunRuntime, BunServer } from "./bun-runtime.ts";
import { chooseSockets } from "./packet-filter.ts";
import {
	type SocketAddress,
	socketAddress,
	tcpSocket,
} from "./socket-address.ts";
import {
	numberBytes,
	type SystemCalls,
	setNumber,
	socketLevel,
	systemCalls,
} from "./system-calls.ts";
import { refuseConnections } from "./system-sockets.ts";

/** Options of setsockopt(2). */
const reuseAddress = 2;
const reusePort = 15;

/** How long workers, which may be busy, have to accept what waits when the port closes; nothing new comes by then. */
const acceptMs = 1000;

/** How long a connection to this very process may take before it counts as lost. */
const trialMs = 2000;

/** How a {@link WorkerSockets} is made. */
export interface WorkerSocketsOptions {
	readonly host: string;
	readonly backlog: number;
	/** How many workers there are. */
	readonly count: number;
}

/**
 * The listening sockets of workers, one for each place, at the same address: the kernel spreads connections over them (SO_REUSEPORT). They
 * are made and kept by the process that starts the workers, and each worker inherits the one of its place. So a socket outlives its worker:
 * what waits on it is accepted by the next one, and a worker that is told to stop only ceases to accept.
 */
export class WorkerSockets implements WorkersPort {
	readonly #bun: BunRuntime;
	readonly #system: SystemCalls;
	readonly #address: SocketAddress;
	readonly #backlog: number;
	/** Empty when they are closed. */
	#descriptors: readonly number[];
	readonly #takers = new Set<ConnectionTaker>();
	#port = 0;
	#isListening = false;

	private constructor(
		bun: BunRuntime,
		system: SystemCalls,
		address: SocketAddress,
		{ count, backlog }: WorkerSocketsOptions,
	) {
		this.#bun = bun;
		this.#system = system;
		this.#address = address;
		this.#backlog = backlog;
		this.#descriptors = Array.from({ length: count }, () =>
			tcpSocket(system, address),
		);
	}

	/**
	 * Makes the sockets, which do not listen yet.
	 *
	 * @returns `undefined` where a worker could not accept connections on one
	 */
	static async make(
		bun: BunRuntime,
		options: WorkerSocketsOptions,
	): Promise<WorkerSockets | undefined> {
		const system = await systemCalls();
		if (system === undefined || !(await canAdopt(bun, system))) {
			return undefined;
		}
		const address = await socketAddress(system, options.host);
		if (address === undefined) {
			return undefined;
		}
		const made = new WorkerSockets(bun, system, address, options);
		if (made.#descriptors.includes(-1)) {
			made.#closeAll(); // no IPv6, or no descriptors left: the runtime's own socket says which
			return undefined;
		}
		return made;
	}

	descriptorFor(id: number): number | undefined {
		return this.#descriptors[id];
	}

	async listen(place: ListenPlace): Promise<ListenAddress> {
		const { port } = place as { readonly port: number }; // other places have workers that are handed connections
		this.#port = port;
		if (!this.#descriptors.every((descriptor) => this.#open(descriptor))) {
			throw this.#failure();
		}
		this.#isListening = true;
		return { address: this.#address.text, port: this.#port };
	}

	add(taker: ConnectionTaker): void {
		this.#takers.add(taker);
		this.#choose();
	}

	remove(taker: ConnectionTaker): void {
		if (this.#takers.delete(taker)) {
			this.#choose();
		}
	}

	async close(hurry: AbortSignal): Promise<void> {
		const descriptors = this.#descriptors;
		if (this.#isListening) {
			await refuseConnections(
				this.#system,
				this.#port,
				descriptors,
				acceptMs,
				hurry,
			);
		}
		this.#closeAll();
	}

	/** The first one is bound alone, so that a port that another program has is an error, and not shared with it. */
	#open(descriptor: number): boolean {
		const system = this.#system;
		const isFirst = descriptor === this.#descriptors[0];
		const share = () =>
			this.#descriptors.length === 1 ||
			setNumber(system, descriptor, socketLevel, reusePort, 1);
		const address = this.#address.bytes(this.#port);
		if (
			!setNumber(system, descriptor, socketLevel, reuseAddress, 1) ||
			!(isFirst || share()) ||
			system.bind(descriptor, address, address.length) !== 0 ||
			(isFirst && !share())
		) {
			return false;
		}
		if (isFirst) {
			system.getsockname(descriptor, address, numberBytes(address.length));
			this.#port = new DataView(address.buffer).getUint16(2);
		}
		return system.listen(descriptor, this.#backlog) === 0;
	}

	/** New connections go to places that have a worker; where none has, they wait. */
	#choose(): void {
		const places = new Set(Array.from(this.#takers, ({ id }) => id));
		const [first] = this.#descriptors;
		if (first !== undefined && this.#descriptors.length > 1) {
			chooseSockets(
				this.#system,
				first,
				[...places].sort((a, b) => a - b),
				this.#descriptors.length,
			);
		}
	}

	#closeAll(): void {
		for (const descriptor of this.#descriptors) {
			this.#system.close(descriptor);
		}
		this.#descriptors = [];
	}

	/** The system's error, which these calls do not tell: Bun gets the same. */
	#failure(): unknown {
		this.#closeAll();
		try {
			const { text } = this.#address;
			void serveNothing(this.#bun, text, this.#port).stop(true);
		} catch (error) {
			return error;
		}
		return Object.assign(new Error("the port was taken meanwhile"), {
			code: "EADDRINUSE",
		});
	}
}

/** Tries it out in this process: how Bun waits for connections is nothing that it promises to keep. */
async function canAdopt(
	bun: BunRuntime,
	system: SystemCalls,
): Promise<boolean> {
	let server: BunServer | undefined;
	try {
		const address = await socketAddress(system, loopback);
		server = serveNothing(bun, loopback, 0);
		return (
			address !== undefined && (await isAnswered(system, address, server.port))
		);
	} catch {
		return false; // this machine has no such address
	} finally {
		void server?.stop(true);
	}
}

const loopback = "127.0.0.1";

/**
 * Whether a server answers on a socket that is not its own.
 *
 * @param ownPort that on which it listens
 */
async function isAnswered(
	system: SystemCalls,
	address: SocketAddress,
	ownPort: number,
): Promise<boolean> {
	const descriptor = tcpSocket(system, address);
	const bytes = address.bytes(0);
	system.bind(descriptor, bytes, bytes.length);
	system.getsockname(descriptor, bytes, numberBytes(bytes.length));
	const port = new DataView(bytes.buffer).getUint16(2);
	if (
		system.listen(descriptor, 1) !== 0 ||
		adoptSocket(system, ownPort, descriptor) === undefined
	) {
		system.close(descriptor);
		return false;
	}
	// not by `fetch`, which a proxy of the environment would get
	const { connect } = process.getBuiltinModule("node:net");
	const client = connect(port, loopback);
	const answer = new Promise<boolean>((resolve) => {
		client.once("data", () => resolve(true));
		client.once("error", () => resolve(false));
	});
	client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	const outcome = await waitAtMost(answer, trialMs);
	client.destroy();
	return outcome === true;
}

function serveNothing(
	bun: BunRuntime,
	hostname: string,
	port: number,
): BunServer {
	return bun.serve({
		hostname,
		port,
		development: false,
		reusePort: false,
		fetch: () => new globalThis.Response(null),
	});
}
