import type { SocketFile } from "../lifecycle/socket-file.ts";
import type { DenoListening, DenoLook } from "./deno-port.ts";
import { letAccept } from "./let-accept.ts";

/** A Unix socket on which Deno listens. Once its file is removed nobody connects any more, so nothing has to be closed under Deno. */
export class ListeningFile implements DenoListening {
	readonly scheme = "http+unix://";
	readonly madeUpHost: string;
	readonly #file: SocketFile;

	constructor(file: SocketFile) {
		this.#file = file;
		this.madeUpHost = Buffer.from(file.boundPath)
			.toString("latin1")
			.replace(/[^0-9a-z]/gi, escaped);
	}

	async refuse(hurry: AbortSignal): Promise<void> {
		this.#file.remove();
		await letAccept(
			async () => (await this.#rows()).some(({ inode }) => inode === "0"),
			hurry,
		);
	}

	/** The kernel does not tell what has come on a Unix socket, read or not. */
	async look(): Promise<DenoLook> {
		const rows = await this.#rows();
		const count = rows.filter(({ state }) => state === connected).length;
		return { count, hasUnread: false, hasSilent: false };
	}

	/** The rows of `/proc/net/unix` for the socket and its connections (proc(5)); one that waits to be accepted has no inode yet. */
	async #rows(): Promise<{ state: string; inode: string }[]> {
		const end = ` ${this.#file.boundPath}`;
		return (await readTable())
			.filter((line) => line.endsWith(end))
			.map((line) => {
				const [, , , , , state = "", inode = ""] = line.split(/\s+/);
				return { state, inode };
			});
	}
}

/** SS_CONNECTED. */
const connected = "03";

/** As Deno writes a path in the place of a host. */
function escaped(char: string): string {
	const digits = char.charCodeAt(0).toString(16).toUpperCase();
	return `%${digits.padStart(2, "0")}`;
}

async function readTable(): Promise<string[]> {
	try {
		const { readFile } = process.getBuiltinModule("node:fs").promises;
		return (await readFile("/proc/self/net/unix", "utf8")).split("\n");
	} catch {
		return []; // another system, or no permission
	}
}
