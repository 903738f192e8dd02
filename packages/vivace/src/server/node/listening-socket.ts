import type { Server } from "node:net";
import { SetupError } from "../../errors/setup-error.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { ListenPlace } from "../lifecycle/listen-place.ts";
import type { ServerLog } from "../lifecycle/serve-options.ts";
import { SocketFile } from "../lifecycle/socket-file.ts";
import { acceptWaiting } from "./accept-waiting.ts";

/** The socket on which a server accepts connections, wherever that is. */
export class ListeningSocket {
	readonly #server: Server;
	readonly #place: ListenPlace;
	/** The file of a Unix socket, once it is ours. */
	#file: SocketFile | undefined;

	constructor(server: Server, place: ListenPlace) {
		this.#server = server;
		this.#place = place;
	}

	/**
	 * Resolves when it listens, with the address.
	 *
	 * @throws SetupError `VIV_LISTEN` for the path of a socket on which another process listens, or of something else; the operating
	 * system's error otherwise
	 */
	async open(backlog: number, log: ServerLog): Promise<ListenAddress> {
		const place = this.#place;
		if ("path" in place) {
			const file = new SocketFile(place.path, place.mode);
			await file.open(
				() => listen(this.#server, { path: file.boundPath, backlog }, log),
				() => this.#server.close(),
			);
			this.#file = file;
			return { address: place.path, port: 0 };
		}
		try {
			await listen(this.#server, { ...place, backlog }, log);
		} catch (cause) {
			throw "fd" in place ? descriptorError(place.fd, cause) : cause;
		}
		const address = this.#server.address();
		return address === null || typeof address === "string"
			? { address: `fd:${"fd" in place ? place.fd : ""}`, port: 0 }
			: { address: address.address, port: address.port };
	}

	/** Takes in what the operating system has accepted, before the socket is closed. What waits on one that is passed on waits for the next process. */
	async acceptWaiting(
		acceptedCount: () => number,
		hurry: AbortSignal,
	): Promise<void> {
		this.#file?.remove();
		if (!("fd" in this.#place)) {
			await acceptWaiting(this.#server, acceptedCount, hurry);
		}
	}
}

function listen(
	server: Server,
	options: Parameters<Server["listen"]>[0] & object,
	log: ServerLog,
): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(options, () => {
			server.off("error", reject);
			server.on("error", (error) =>
				log.error("the listening socket failed", error),
			);
			resolve();
		});
	});
}

function descriptorError(fd: number, cause: unknown): SetupError {
	const { code } = cause as NodeJS.ErrnoException; // of the operating system
	return new SetupError(
		"VIV_LISTEN",
		`descriptor ${fd} is no socket that listens (${code}); what starts this process has to pass it on`,
		{ cause },
	);
}
