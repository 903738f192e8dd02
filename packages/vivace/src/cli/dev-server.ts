import { statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { listenToSignals } from "../server/lifecycle/process-signals.ts";
import { DevLog } from "./dev-log.ts";
import type { DevProgram } from "./dev-message.ts";
import { DevPorts } from "./dev-ports.ts";
import { type FileVersion, readFileVersion } from "./file-version.ts";
import {
	ProgramProcess,
	type ProgramProcessHost,
	type ServedApp,
} from "./program-process.ts";
import {
	type ReloadPatternOptions,
	ReloadPatterns,
} from "./reload-patterns.ts";
import { WatchedFiles } from "./watched-files.ts";

/** The program that `vivace dev` runs, and how. */
export interface DevServerOptions {
	readonly program: DevProgram;
	/** Files and folders that are watched beside the modules that the program loads. */
	readonly watch: readonly string[];
	readonly patterns: Omit<ReloadPatternOptions, "folder">;
	/** True when a version is stopped before the next is started, for programs that can't run twice at a time. */
	readonly stopFirst: boolean;
	/** Called when a version is about to be started. */
	readonly onVersion: () => void;
}

/** How long the version before may take until it answers no new request. */
const leavingMs = 2_000;

/**
 * Runs a program and replaces it by its next version when one of its files changes. Each version is a process; the listening sockets
 * belong to this one. A version gets the connections once all its apps have started; the one before gets none from then on, finishes
 * what it has, and releases its resources. A version that fails changes nothing.
 */
export class DevServer implements ProgramProcessHost {
	readonly #options: DevServerOptions;
	readonly #log = new DevLog();
	readonly #ports = new DevPorts();
	readonly #files: WatchedFiles;
	/** Those that are watched whatever the program loads. */
	readonly #namedFiles: readonly string[];
	/** All that have not ended. */
	readonly #processes = new Set<ProgramProcess>();
	readonly #exitCode = Promise.withResolvers<number>();
	#serving: ProgramProcess | undefined;
	/** The one that served and stops, for a reason of its own. */
	#leaving: ProgramProcess | undefined;
	#starting: ProgramProcess | undefined;
	/** Counts the versions: only the newest may be started. */
	#version = 0;
	#hasServed = false;
	#isPortRefused = false;

	constructor(options: DevServerOptions) {
		this.#options = options;
		const folder = process.cwd();
		this.#files = new WatchedFiles(
			(paths) => this.#onChange(paths),
			new ReloadPatterns({ ...options.patterns, folder }),
		);
		const watched = options.watch.map((path) => resolve(path));
		const folders = watched.filter(isFolder);
		if (folders.length === 0 && options.patterns.include.length > 0) {
			folders.push(folder);
		}
		const files = watched.filter((path) => !isFolder(path));
		this.#namedFiles = [...options.program.files, ...files];
		for (const path of folders) {
			this.#files.addFolder(path);
		}
		for (const path of this.#namedFiles) {
			this.#files.add(readFileVersion(path));
		}
	}

	/** Runs until a signal comes, or its port can't be opened; resolves to the exit code. */
	async run(): Promise<number> {
		const forgetSignals = listenToSignals((signal, isFirst) => {
			this.#log.stopping(signal, isFirst);
			if (isFirst) {
				void this.#end();
			} else {
				for (const process of this.#processes) {
					process.stop(true);
				}
			}
		});
		void this.#next([]);
		const exitCode = await this.#exitCode.promise;
		forgetSignals();
		return exitCode;
	}

	onFile(process: ProgramProcess, file: FileVersion): void {
		if (process === this.#starting || process === this.#serving) {
			this.#files.add(file);
		}
	}

	async listen(process: ProgramProcess, app: ServedApp): Promise<AddressInfo> {
		try {
			return await this.#ports.open(process, app);
		} catch (error) {
			this.#isPortRefused = true;
			throw error;
		}
	}

	onLeaving(process: ProgramProcess, id: number): void {
		const isLast = this.#ports.leave(process, id);
		if (process !== this.#serving) {
			return;
		}
		if (isLast) {
			this.#serving = undefined;
			this.#leaving = process;
		}
		this.#settle();
	}

	#onChange(paths: readonly string[]): void {
		const { files } = this.#starting ?? {};
		// a version that is starting will load the rest as it is now
		const isToCome = (path: string) =>
			files?.has(path) === false && this.#serving?.files.has(path) === true;
		const counting = paths.filter((path) => !isToCome(path));
		if (counting.length > 0) {
			void this.#next(counting);
		}
	}

	/** Starts the next version, and lets it serve when it is ready. */
	async #next(changed: readonly string[]): Promise<void> {
		const sinceMs = performance.now();
		const version = ++this.#version;
		this.#options.onVersion();
		this.#starting?.stop();
		this.#starting = undefined;
		if (this.#options.stopFirst) {
			await this.#stopServing();
			if (version !== this.#version) {
				return;
			}
		}
		const process = this.#fork();
		const isReady = await process.ready;
		if (version !== this.#version) {
			return;
		}
		this.#starting = undefined;
		if (isReady) {
			await this.#replaceBy(process, changed, sinceMs);
		} else {
			await this.#keepServing(changed);
		}
	}

	#fork(): ProgramProcess {
		const process = new ProgramProcess(this.#options.program, this);
		this.#processes.add(process);
		this.#starting = process;
		this.#settle();
		void process.ended.then((end) => {
			this.#processes.delete(process);
			if (process !== this.#serving && process !== this.#leaving) {
				return;
			}
			this.#serving = undefined;
			this.#leaving = undefined;
			this.#settle();
			this.#log.ended(end);
		});
		return process;
	}

	async #replaceBy(
		process: ProgramProcess,
		changed: readonly string[],
		sinceMs: number,
	): Promise<void> {
		const before = this.#serving;
		this.#serving = process;
		this.#leaving = undefined;
		this.#settle();
		this.#files.keep(new Set([...process.files, ...this.#namedFiles]));
		const isFirst = !this.#hasServed;
		this.#hasServed = true;
		before?.stop(); // it is told after the last of its connections
		// a version that hangs is not waited for
		await Promise.race([
			before?.left,
			wait(leavingMs, undefined, { ref: false }),
		]);
		if (isFirst) {
			this.#welcome(process);
		} else {
			this.#log.reloaded(changed, performance.now() - sinceMs);
		}
	}

	#welcome(process: ProgramProcess): void {
		for (const { address, app } of this.#ports.services(process)) {
			this.#log.listening(address, app);
		}
		this.#log.watching(this.#files.count);
	}

	async #keepServing(changed: readonly string[]): Promise<void> {
		// no change of a file can mend that
		if (this.#isPortRefused && !this.#hasServed) {
			await this.#end(1);
		} else {
			this.#settle();
			this.#log.failed(changed, this.#serving !== undefined);
		}
	}

	#settle(): void {
		this.#ports.settle(
			this.#serving,
			this.#starting,
			this.#starting !== undefined,
		);
	}

	async #stopServing(): Promise<void> {
		this.#serving = undefined;
		this.#ports.settle(undefined, undefined, true);
		await this.#stopAll();
	}

	async #stopAll(): Promise<void> {
		const processes = [...this.#processes];
		for (const process of processes) {
			process.stop();
		}
		await Promise.all(processes.map((process) => process.ended));
	}

	async #end(exitCode = 0): Promise<void> {
		this.#version++;
		this.#files.close();
		const serving = this.#serving ?? this.#leaving;
		this.#serving = undefined;
		this.#leaving = undefined;
		this.#ports.close();
		await this.#stopAll();
		const hasFailed = serving !== undefined && (await serving.ended) !== 0;
		if (exitCode === 0) {
			this.#log.stopped();
		}
		this.#exitCode.resolve(hasFailed ? 1 : exitCode);
	}
}

function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
