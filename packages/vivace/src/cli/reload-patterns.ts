import { matchesGlob, relative, sep } from "node:path";

/** Which files reload a program, as `vivace dev` is told by patterns. */
export interface ReloadPatternOptions {
	/** Of files in folders. Default: all. */
	readonly include: readonly string[];
	/** Of modules, too. Default: none. */
	readonly exclude: readonly string[];
	/** Where paths are relative to. */
	readonly folder: string;
}

/**
 * Patterns such as `*.html`, `templates/*.txt` and `dist`: as uvicorn's they match the end of a path, whatever folder it is in, and a
 * folder with all that is in it.
 */
export class ReloadPatterns {
	readonly #options: ReloadPatternOptions;

	constructor(options: ReloadPatternOptions) {
		this.#options = options;
	}

	/** True for a file in a folder whose change reloads. */
	isIncluded(path: string): boolean {
		const { include } = this.#options;
		return (
			!this.isExcluded(path) &&
			(include.length === 0 || this.#matchesOne(include, path))
		);
	}

	/** True for what reloads in no case. */
	isExcluded(path: string): boolean {
		return this.#matchesOne(this.#options.exclude, path);
	}

	#matchesOne(patterns: readonly string[], path: string): boolean {
		const name = relative(this.#options.folder, path).split(sep).join("/");
		return patterns.some((pattern) => {
			const end = pattern.replace(/^(?:\.\/)+|\/+$/g, "");
			return (
				matchesGlob(name, `**/${end}`) || matchesGlob(name, `**/${end}/**`)
			);
		});
	}
}
