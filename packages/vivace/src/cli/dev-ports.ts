import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { DevListener } from "./dev-listener.ts";
import type { ProgramProcess, ServedApp } from "./program-process.ts";

/** The ports that the versions of a program want to be open, and which of them gets the connections. */
export class DevPorts {
	/** By host and port as the program says them. */
	readonly #opening = new Map<string, Promise<DevListener>>();
	readonly #open = new Map<string, DevListener>();
	readonly #apps = new WeakMap<ProgramProcess, Map<DevListener, ServedApp>>();

	/** Resolves when the port is open; rejects with the operating system's error. */
	async open(process: ProgramProcess, app: ServedApp): Promise<AddressInfo> {
		const key = `${app.host}:${app.port}`;
		const opening =
			this.#opening.get(key) ??
			DevListener.open(app.host, app.port, app.backlog);
		this.#opening.set(key, opening);
		try {
			const listener = await opening;
			this.#open.set(key, listener);
			this.#appsOf(process).set(listener, app);
			return listener.address;
		} catch (error) {
			this.#opening.delete(key);
			throw error;
		}
	}

	/** An app takes no more connections; true if it was the last of its process. */
	leave(process: ProgramProcess, id: number): boolean {
		const apps = this.#appsOf(process);
		for (const [listener, app] of apps) {
			if (app.id === id) {
				apps.delete(listener);
			}
		}
		return apps.size === 0;
	}

	/** Where the apps of a process can be reached. */
	services(
		process: ProgramProcess,
	): { readonly app: ServedApp; readonly address: AddressInfo }[] {
		return [...this.#appsOf(process)].map(([{ address }, app]) => ({
			app,
			address,
		}));
	}

	/**
	 * Says where connections go from now on: to the version that serves; where there is none, they wait for one that is coming, or get a
	 * page that says so. Ports that nobody wants any more are closed.
	 */
	settle(
		serving: ProgramProcess | undefined,
		starting: ProgramProcess | undefined,
		isComing: boolean,
	): void {
		for (const [key, listener] of this.#open) {
			const app = serving && this.#appsOf(serving).get(listener);
			if (serving && app) {
				listener.giveTo((socket) => serving.take(app.id, socket));
			} else if (starting && this.#appsOf(starting).has(listener)) {
				listener.giveTo(undefined);
			} else if (serving) {
				this.#close(key, listener);
			} else {
				listener.giveTo(isComing ? undefined : sendPage);
			}
		}
	}

	/** Closes all. */
	close(): void {
		for (const [key, listener] of this.#open) {
			this.#close(key, listener);
		}
	}

	#appsOf(process: ProgramProcess): Map<DevListener, ServedApp> {
		const known = this.#apps.get(process);
		if (known !== undefined) {
			return known;
		}
		const apps = new Map<DevListener, ServedApp>();
		this.#apps.set(process, apps);
		return apps;
	}

	#close(key: string, listener: DevListener): void {
		this.#open.delete(key);
		this.#opening.delete(key);
		listener.close();
	}
}

const page = createServer((_, response) => {
	const headers = { "content-type": "text/plain", connection: "close" };
	response.writeHead(503, headers);
	response.end(
		"The app is not running: its last version could not be started or has ended, see the terminal. It is tried again when a file changes.\n",
	);
});

function sendPage(connection: Socket): void {
	page.emit("connection", connection);
	connection.resume();
}
