import type { Stats } from "node:fs";
import type { Server } from "node:net";
import { SetupError } from "../../errors/setup-error.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { ListenPlace } from "../lifecycle/listen-place.ts";
import type { ServerLog } from "../lifecycle/serve-options.ts";
import { acceptWaiting } from "./accept-waiting.ts";

const { chmodSync, lstatSync, renameSync, unlinkSync } =
	process.getBuiltinModule("node:fs");
const { connect } = process.getBuiltinModule("node:net");

/** The longest path of a socket that the system allows, less the end of the name that it has at first (`sun_path` has 108 bytes, 104 on macOS). */
const longestPathBytes = 94;

/** The socket on which a server accepts connections, wherever that is. */
export class ListeningSocket {
	readonly #server: Server;
	readonly #place: ListenPlace;
	/** The file of a Unix socket, once it is ours. */
	#file: Stats | undefined;

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
			return await this.#openPath(place.path, place.mode, backlog, log);
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
		this.#removeFile();
		if (!("fd" in this.#place)) {
			await acceptWaiting(this.#server, acceptedCount, hurry);
		}
	}

	/** A name of its own first: the file has its rights before anybody sees it, replaces a stale one, and the runtime removes no foreign one. */
	async #openPath(
		path: string,
		mode: number,
		backlog: number,
		log: ServerLog,
	): Promise<ListenAddress> {
		if (Buffer.byteLength(path) > longestPathBytes) {
			throw refusal(
				`the path of the socket has ${Buffer.byteLength(path)} bytes, more than the ${longestPathBytes} that fit: ${path}`,
			);
		}
		await assertFree(path);
		const temporary = `${path}.${process.pid}`;
		try {
			await listen(this.#server, { path: temporary, backlog }, log);
			chmodSync(temporary, mode);
			renameSync(temporary, path);
		} catch (cause) {
			this.#server.close();
			const { code } = cause as NodeJS.ErrnoException; // of the operating system
			throw refusal(
				`the socket ${path} can't be made (${code}); its folder has to be there, and this process needs the right to write there`,
				cause,
			);
		}
		this.#file = lstatSync(path);
		return { address: path, port: 0 };
	}

	/** Unless another process has put its own there meanwhile. */
	#removeFile(): void {
		const file = this.#file;
		if (file === undefined || !("path" in this.#place)) {
			return;
		}
		this.#file = undefined;
		const { path } = this.#place;
		const now = lstatSync(path, { throwIfNoEntry: false });
		if (now?.ino === file.ino && now.dev === file.dev) {
			unlinkSync(path);
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

async function assertFree(path: string): Promise<void> {
	const stats = lstatSync(path, { throwIfNoEntry: false });
	if (stats === undefined) {
		return;
	}
	if (!stats.isSocket()) {
		throw refusal(
			`${path} is there and is no socket; it is left as it is, choose another path`,
		);
	}
	const answer = await knock(path);
	if (answer !== "ECONNREFUSED" && answer !== "ENOENT") {
		throw refusal(
			`another process listens on the socket ${path}; stop it, or choose another path`,
		);
	}
}

/** Resolves to the code with which a connection fails; to `undefined` when somebody answers. */
function knock(path: string): Promise<string | undefined> {
	return new Promise((resolve) => {
		const socket = connect(path, () => {
			socket.destroy();
			resolve(undefined);
		});
		socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
	});
}

function descriptorError(fd: number, cause: unknown): SetupError {
	const { code } = cause as NodeJS.ErrnoException; // of the operating system
	return refusal(
		`descriptor ${fd} is no socket that listens (${code}); what starts this process has to pass it on`,
		cause,
	);
}

function refusal(message: string, cause?: unknown): SetupError {
	return new SetupError("VIV_LISTEN", message, { cause });
}
