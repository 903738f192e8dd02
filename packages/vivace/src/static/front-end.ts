import { HTTPException } from "../errors/http-exception.ts";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import { type CacheRule, cacheRuleMistake } from "./cache-rule.ts";
import {
	absoluteDirectories,
	assertDirectories,
	isDirectory,
	isRegularFile,
} from "./directories.ts";
import {
	FileAnswers,
	type NamedFile,
	notAllowed,
	redirectToFolder,
} from "./file-answers.ts";
import { acceptsPages } from "./navigation.ts";
import { ServedFolder } from "./served-folder.ts";

/** Options of `app.frontend`. */
export interface FrontendOptions {
	/** Path of the folder with the built front end, from the working directory if it is relative. */
	readonly directory: string;
	/**
	 * The response for a path without a file. `"index.html"`: that page, with 200, for page requests (`Accept: text/html`), for front
	 * ends with their own routing. `"404.html"`: that page, with 404, for all requests. `null`: the app's own 404. Default: `"auto"`,
	 * 404.html if it exists, otherwise index.html if it exists.
	 */
	readonly fallback?: "auto" | "index.html" | "404.html" | null;
	/**
	 * True when a missing folder, or a missing page of `fallback`, is an error at once; false when the first request reports it. Default:
	 * `"auto"`, which is true, except with `NODE_ENV=development` (which `vivace dev` sets): there a missing folder is a warning, because
	 * it may not have been built yet.
	 */
	readonly checkDirectory?: boolean | "auto";
	/** The rule for `Cache-Control`; `"immutable"` suits the files of bundlers. Default: none, and the client decides. */
	readonly cache?: CacheRule;
	/** True when it may be requested without credentials although the app says `requireSecurity`. Default: that of the routers. */
	readonly public?: boolean;
	/** True to send `app.js.br`, `app.js.zst` or `app.js.gz` instead of `app.js` to clients that accept it. Default: false. */
	readonly precompressed?: boolean;
	/** False when no file changes while the app runs, as in a container image: then a file is checked only once. Default: true. */
	readonly mayChange?: boolean;
}

const rules: OptionRules<FrontendOptions> = {
	directory: { required: "text" },
	fallback: ["auto", "index.html", "404.html", null],
	checkDirectory: [true, false, "auto"],
	cache: cacheRuleMistake,
	precompressed: "boolean",
	mayChange: "boolean",
	public: "boolean",
};

/** A front end: the files of a folder with their pages, and what is sent for the paths that have none. */
export class FrontEnd {
	readonly #answers: FileAnswers;
	readonly #fallback: "auto" | "index.html" | "404.html" | null;
	readonly #where: string;
	readonly #directory: string;

	/** @throws SetupError `VIV_OPTION` for an option that can't be, a folder or a page that is not there */
	constructor(where: string, options: FrontendOptions) {
		assertOptions(where, options, rules);
		const { fallback = "auto", checkDirectory = "auto" } = options;
		const directories = absoluteDirectories(where, options.directory);
		this.#where = where;
		this.#directory = directories[0] as string; // a text is one path
		this.#fallback = fallback;
		if (isChecked(where, this.#directory, checkDirectory)) {
			assertDirectories(where, directories);
			this.#assertFallback();
		}
		const folder = new ServedFolder({
			where,
			directories,
			followSymlinks: false,
			mayChange: options.mayChange ?? true,
		});
		this.#answers = new FileAnswers(folder, {
			cache: options.cache,
			dotfiles: false,
			precompressed: options.precompressed ?? false,
		});
	}

	/**
	 * Answers GET and HEAD.
	 *
	 * @param path below the front end, decoded
	 * @throws HTTPException 404 and 403, which the app answers
	 */
	async respond(request: Request, path: string): Promise<Response> {
		const resource = await this.#resource(path);
		if (resource?.isIndex === true && !request.path.endsWith("/")) {
			return redirectToFolder(request);
		}
		const response = resource && (await this.#answers.send(request, resource));
		return response ?? this.#missing(request);
	}

	/** Refuses other methods: 405 where there is something, else 404. */
	async refuse(path: string): Promise<never> {
		throw (await this.#resource(path)) === undefined
			? new HTTPException(404)
			: notAllowed();
	}

	/** A file, or the page of a folder. */
	async #resource(
		path: string,
	): Promise<(NamedFile & { readonly isIndex: boolean }) | undefined> {
		const segments = this.#answers.segmentsOf(path);
		const found = await this.#answers.find(segments);
		if (segments === undefined || found === undefined) {
			return undefined;
		}
		if (found !== "folder") {
			return { segments, file: found, isIndex: false };
		}
		const index = await this.#answers.indexOf(segments);
		return index && { ...index, isIndex: true };
	}

	async #missing(request: Request): Promise<Response> {
		const fallback = this.#fallback;
		const page =
			fallback === "404.html" || fallback === "auto"
				? await this.#page(request, "404.html", 404)
				: undefined;
		if (page !== undefined) {
			return page;
		}
		const shell =
			(fallback === "index.html" || fallback === "auto") &&
			acceptsPages(request.header("accept"))
				? await this.#page(request, "index.html", 200)
				: undefined;
		if (shell === undefined) {
			throw new HTTPException(404);
		}
		return shell;
	}

	async #page(
		request: Request,
		name: "index.html" | "404.html",
		status: number,
	): Promise<Response | undefined> {
		const page = await this.#answers.named([name]);
		const response = page && (await this.#answers.send(request, page, status));
		if (response === undefined && this.#fallback === name) {
			throw new Error(
				`${this.#where}: there is no ${name} in ${this.#directory}.`,
			);
		}
		return response;
	}

	#assertFallback(): void {
		const name = this.#fallback;
		if (
			name === null ||
			name === "auto" ||
			isRegularFile(`${this.#directory}/${name}`)
		) {
			return;
		}
		throw new SetupError(
			"VIV_OPTION",
			`${this.#where}: fallback is "${name}", but there is no such file in ${this.#directory}; build it, or say fallback: "auto" or null.`,
		);
	}
}

/** Whether a folder must be there at once; where it is still being developed, a warning is enough. */
function isChecked(
	where: string,
	directory: string,
	check: boolean | "auto",
): boolean {
	if (check !== "auto") {
		return check;
	}
	if (globalThis.process?.env.NODE_ENV !== "development") {
		return true;
	}
	if (!isDirectory(directory)) {
		console.warn(`${where}: there is no folder ${directory} yet.`);
	}
	return false;
}
