import { Session } from "node:inspector/promises";

/** The functions that a request has entered. */
export interface EnteredFunctions {
	/** Names of the functions, by the file that they stand in; how often each was called does not count. */
	readonly byFile: ReadonlyMap<string, readonly string[]>;
	readonly count: number;
}

/** A class's fields are read with its constructor, which V8 counts beside them. */
const fieldInitializer = "<instance_members_initializer>";

/**
 * Counts the functions that run between `begin` and `end`, as V8's precise coverage tells. Code of the runtime does not count. What a framework has
 * compiled from a text is one file, `(generated)`.
 */
export class FunctionCounter implements Disposable {
	readonly #session = new Session();
	readonly #isCounted: (file: string) => boolean;

	/** @param isCounted asked about URLs of files; the empty text stands for generated code */
	constructor(isCounted: (file: string) => boolean) {
		this.#isCounted = isCounted;
		this.#session.connect();
	}

	async begin(): Promise<void> {
		await this.#session.post("Profiler.enable");
		await this.#session.post("Profiler.startPreciseCoverage", {
			callCount: true,
			detailed: false,
		});
	}

	async end(): Promise<EnteredFunctions> {
		const { result } = await this.#session.post("Profiler.takePreciseCoverage");
		await this.#session.post("Profiler.stopPreciseCoverage");
		await this.#session.post("Profiler.disable");
		const byFile = new Map<string, string[]>();
		for (const { url, functions } of result) {
			if (url.startsWith("node:") || !this.#isCounted(url)) {
				continue;
			}
			const entered = functions
				.filter(
					({ functionName, ranges }) =>
						(ranges[0]?.count ?? 0) > 0 && functionName !== fieldInitializer,
				)
				.map(({ functionName }) => functionName || "(anonymous)");
			if (entered.length > 0) {
				const file = url === "" ? "(generated)" : url;
				byFile.set(file, [...(byFile.get(file) ?? []), ...entered]);
			}
		}
		const lists = [...byFile.values()];
		return {
			byFile,
			count: lists.reduce((sum, { length }) => sum + length, 0),
		};
	}

	[Symbol.dispose](): void {
		this.#session.disconnect();
	}
}
