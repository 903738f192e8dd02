import { type ChildProcess, fork } from "node:child_process";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { DevMessage, DevProgram, ProgramMessage } from "./dev-message.ts";
import type { FileVersion } from "./file-version.ts";

/** An app that a program serves. */
export interface ServedApp {
	readonly id: number;
	readonly host: string;
	readonly port: number;
	readonly backlog: number;
	/** True for HTTPS. */
	readonly isSecure: boolean;
	readonly documentationPath: string | undefined;
}

/** The part of `vivace dev` that a process needs. */
export interface ProgramProcessHost {
	/** A file has been loaded. */
	onFile(process: ProgramProcess, file: FileVersion): void;
	/** Opens a port, or says that it is open; rejects with the operating system's error. */
	listen(process: ProgramProcess, app: ServedApp): Promise<AddressInfo>;
	/** The app with this number stops, for a reason of its own. When this returns, nothing more is given to it. */
	onLeaving(process: ProgramProcess, id: number): void;
}

/** How a process has ended: its exit code, or the signal that ended it. */
export type ProcessEnd = number | NodeJS.Signals;

/** Longer than all time limits of a server that stops together. */
const patienceMs = 100_000;
/** The same when nobody wants to wait any longer, or there is nothing to wait for. */
const impatienceMs = 4_000;

const entry = join(
	import.meta.dirname,
	`dev-process${extname(import.meta.filename)}`,
);

/** Modules that did not change are not compiled again: the next version is there in half the time. */
const compileCache =
	process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), "node-compile-cache");

/** A process that runs one version of a program. */
export class ProgramProcess {
	/** The local files that it has loaded. */
	readonly files: Set<string> = new Set();
	/** Resolves to true when its apps have started, to false when it ends without. */
	readonly ready: Promise<boolean>;
	readonly ended: Promise<ProcessEnd>;
	/** Resolves when it was told to stop and answers no new request any more. */
	readonly left: Promise<void>;
	readonly #host: ProgramProcessHost;
	readonly #child: ChildProcess;
	readonly #ready = Promise.withResolvers<boolean>();
	readonly #ended = Promise.withResolvers<ProcessEnd>();
	readonly #left = Promise.withResolvers<void>();
	#stopCount = 0;
	#isServing = false;

	constructor(program: DevProgram, host: ProgramProcessHost) {
		this.#host = host;
		this.ready = this.#ready.promise;
		this.ended = this.#ended.promise;
		this.left = this.#left.promise;
		this.#child = fork(entry, [JSON.stringify(program)], {
			env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
		});
		this.#child.on("message", this.#onMessage);
		this.#child.on("exit", (code, signal) => {
			this.#ready.resolve(false);
			this.#ended.resolve(code ?? signal ?? 1);
			this.#left.resolve();
		});
		// it could not be started or told something; what counts is its end
		this.#child.on("error", () => {
			if (this.#child.pid === undefined) {
				this.#child.emit("exit", 1, null);
			}
		});
	}

	/** Gives it a connection for the app that it serves under this number. */
	take(id: number, socket: Socket): void {
		this.#send({ type: "connection", id }, socket);
	}

	/**
	 * Has it stop: gracefully once it serves, at once before. It is ended by force if that takes longer than all its time limits.
	 *
	 * @param isHurried whether to skip the waiting
	 */
	stop(isHurried = false): void {
		const times = isHurried ? 2 : 1;
		if (times <= this.#stopCount) {
			return;
		}
		this.#stopCount = times;
		if (this.#isServing) {
			this.#send({ type: "stop", times });
		} else {
			this.#child.kill();
		}
		const limitMs = isHurried || !this.#isServing ? impatienceMs : patienceMs;
		setTimeout(() => this.#child.kill("SIGKILL"), limitMs).unref();
	}

	readonly #onMessage = (message: ProgramMessage): void => {
		switch (message.type) {
			case "file":
				this.files.add(message.file.path);
				this.#host.onFile(this, message.file);
				break;
			case "serving":
				this.#isServing = true;
				void this.#listen(message);
				break;
			case "ready":
				this.#ready.resolve(true);
				break;
			case "leaving":
				this.#host.onLeaving(this, message.id);
				this.#send({ type: "last", id: message.id });
				break;
			case "left":
				this.#left.resolve();
		}
	};

	async #listen(app: ServedApp): Promise<void> {
		const { id } = app;
		try {
			const address = await this.#host.listen(this, app);
			this.#send({ type: "listening", id, address });
		} catch (error) {
			const { message, code } = error as NodeJS.ErrnoException; // of a server that listens
			this.#send({ type: "refused", id, message, code });
		}
	}

	#send(message: DevMessage, socket?: Socket): void {
		this.#child.send(message, socket, {}, (error) => {
			// it has ended meanwhile
			if (error !== null) {
				socket?.destroy();
			}
		});
	}
}
