import type { Stats } from "node:fs";
import { SetupError } from "../../errors/setup-error.ts";

/** The longest path of a socket that the system allows, less the end of the name that it has at first (`sun_path` has 108 bytes, 104 on macOS). */
const longestPathBytes = 94;

/**
 * The file of a Unix socket. It is bound under a name of its own and renamed: so it has its rights before anybody sees it, replaces a stale one,
 * and the runtime removes no foreign one.
 */
export class SocketFile {
	readonly #path: string;
	readonly #mode: number;
	/** The file, once it is ours. */
	#file: Stats | undefined;

	constructor(path: string, mode: number) {
		this.#path = path;
		this.#mode = mode;
	}

	/** The name under which the socket is bound. */
	get boundPath(): string {
		return `${this.#path}.${process.pid}`;
	}

	/**
	 * Has a server listen.
	 *
	 * @param bind has it listen on {@link SocketFile.boundPath}
	 * @param close has it listen no more: its file could not get its name
	 * @returns what `bind` gives
	 * @throws SetupError `VIV_LISTEN` for the path of a socket on which another process listens, or of something else
	 */
	async open<Bound>(
		bind: () => Promise<Bound>,
		close: (bound: Bound) => unknown,
	): Promise<Bound> {
		const path = this.#path;
		if (Buffer.byteLength(path) > longestPathBytes) {
			throw refusal(
				`the path of the socket has ${Buffer.byteLength(path)} bytes, more than the ${longestPathBytes} that fit: ${path}`,
			);
		}
		await assertFree(path);
		try {
			const bound = await bind();
			try {
				this.#publish();
			} catch (error) {
				await close(bound);
				throw error;
			}
			return bound;
		} catch (cause) {
			const { code } = cause as NodeJS.ErrnoException; // of the operating system
			throw refusal(
				`the socket ${path} can't be made (${code}); its folder has to be there, and this process needs the right to write there`,
				cause,
			);
		}
	}

	#publish(): void {
		const { chmodSync, lstatSync, renameSync } = fileSystem();
		chmodSync(this.boundPath, this.#mode);
		renameSync(this.boundPath, this.#path);
		this.#file = lstatSync(this.#path);
	}

	/** Removes it, unless another process has put its own there meanwhile: nobody connects any more. */
	remove(): void {
		const file = this.#file;
		if (file === undefined) {
			return;
		}
		this.#file = undefined;
		const { lstatSync, unlinkSync } = fileSystem();
		const now = lstatSync(this.#path, { throwIfNoEntry: false });
		if (now?.ino === file.ino && now.dev === file.dev) {
			unlinkSync(this.#path);
		}
	}
}

/** Few servers have such a file. */
const fileSystem = () => process.getBuiltinModule("node:fs");

async function assertFree(path: string): Promise<void> {
	const stats = fileSystem().lstatSync(path, { throwIfNoEntry: false });
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
	const { connect } = process.getBuiltinModule("node:net");
	return new Promise((resolve) => {
		const socket = connect(path, () => {
			socket.destroy();
			resolve(undefined);
		});
		socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
	});
}

function refusal(message: string, cause?: unknown): SetupError {
	return new SetupError("VIV_LISTEN", message, { cause });
}
