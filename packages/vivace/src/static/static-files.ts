import { HTTPException } from "../errors/http-exception.ts";
import { assertOptions, type OptionRules, told } from "../errors/options.ts";
import { decodePercent } from "../http/query-string.ts";
import type { Request } from "../http/request.ts";
import type { RequestTarget } from "../http/request-target.ts";
import type { Response } from "../http/response.ts";
import { type CacheRule, cacheRuleMistake } from "./cache-rule.ts";
import { absoluteDirectories, assertDirectories } from "./directories.ts";
import {
	FileAnswers,
	isReading,
	notAllowed,
	redirectToFolder,
} from "./file-answers.ts";
import { KnownAnswers } from "./known-answers.ts";
import { ServedFolder } from "./served-folder.ts";

/** Options of {@link staticFiles}. */
export interface StaticFilesOptions {
	/**
	 * True to serve pages: the `index.html` of a folder, a redirect (307) to its path with a slash, and the top folder's `404.html` for
	 * missing files. Default: false.
	 */
	readonly html?: boolean;
	/** True when a missing folder is an error at once, rather than at the first request. Default: true. */
	readonly checkDirectory?: boolean;
	/** True when symbolic links may lead out of the folder. Default: false, such a file is not found. */
	readonly followSymlinks?: boolean;
	/** True when names that begin with a dot are served; `/.well-known` is always served. Default: false, such a file is not found. */
	readonly dotfiles?: boolean;
	/** The rule for `Cache-Control`. Default: none, and the client decides. */
	readonly cache?: CacheRule;
	/**
	 * True to send `app.js.br`, `app.js.zst` or `app.js.gz` instead of `app.js` to clients that accept it (`Accept-Encoding`). Each has
	 * its own ranges and `ETag`. Default: false.
	 */
	readonly precompressed?: boolean;
	/**
	 * False when no file changes while the app runs, as in a container image: then a file is checked only once. Default: true, each
	 * request checks whether the file has changed.
	 */
	readonly mayChange?: boolean;
}

const rules: OptionRules<StaticFilesOptions> = {
	html: "boolean",
	checkDirectory: "boolean",
	followSymlinks: "boolean",
	dotfiles: "boolean",
	cache: cacheRuleMistake,
	precompressed: "boolean",
	mayChange: "boolean",
};

/**
 * Serves the files of a folder, for `app.mount`: GET and HEAD, with media type, `ETag` and `Last-Modified`, 304 for a client that has the
 * file already, ranges (206, 416). Files outside the folder are never sent, however the path is spelled, and wherever links lead. A file
 * that is replaced while it is being sent is sent to its end as it was. A missing file is a 404, another method a 405, and a file that
 * the process may not read a 403; the app's exception handlers handle them.
 *
 * @param directory path of the folder, from the working directory if it is relative; of several the first one that has the file is used
 * @throws SetupError `VIV_OPTION` when the folder doesn't exist or an option is invalid
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { staticFiles } from "vivace/static";
 *
 * const app = new App();
 * app.mount("/static", staticFiles("public", { checkDirectory: false }), { name: "static" });
 * app.get("/", (_, request) => ({ logo: request.urlFor("static", { path: "logo.svg" }) }));
 * ```
 * @see FastAPI, "Static Files"; Starlette, "StaticFiles"; RFC 9110 §13 and §14
 */
export function staticFiles(
	directory: string | readonly string[],
	options: StaticFilesOptions = {},
): RequestTarget {
	const where = `staticFiles(${Array.isArray(directory) ? directory.map(told).join(", ") : told(directory)})`;
	assertOptions(where, options, rules);
	const directories = absoluteDirectories(where, directory);
	if (options.checkDirectory ?? true) {
		assertDirectories(where, directories);
	}
	const folder = new ServedFolder({
		where,
		directories,
		followSymlinks: options.followSymlinks ?? false,
		mayChange: options.mayChange ?? true,
	});
	const answers = new FileAnswers(folder, {
		cache: options.cache,
		dotfiles: options.dotfiles ?? false,
		precompressed: options.precompressed ?? false,
	});
	const isHtml = options.html ?? false;
	const answer = async (request: Request) =>
		(await found(request, answers, isHtml)) ??
		(await missing(request, answers, isHtml));
	const respond = (options.mayChange ?? true) ? answer : answeringAgain(answer);
	return {
		respond(request) {
			if (!isReading(request)) {
				throw notAllowed();
			}
			return respond(request);
		},
	};
}

/** Answers clients that have a file already as the first of them was answered. */
function answeringAgain(
	answer: (request: Request) => Promise<Response>,
): RequestTarget["respond"] {
	const known = new KnownAnswers();
	const answerAndKeep = async (request: Request) => {
		const response = await answer(request);
		known.keep(request, response);
		return response;
	};
	return (request) => known.of(request) ?? answerAndKeep(request);
}

async function found(
	request: Request,
	answers: FileAnswers,
	isHtml: boolean,
): Promise<Response | undefined> {
	const segments = answers.segmentsOf(decodePercent(request.routePath));
	const hit = await answers.find(segments);
	if (segments === undefined || hit === undefined) {
		return undefined;
	}
	if (hit !== "folder") {
		return answers.send(request, { segments, file: hit });
	}
	const index = isHtml ? await answers.indexOf(segments) : undefined;
	if (index === undefined) {
		return undefined;
	}
	return request.path.endsWith("/")
		? answers.send(request, index)
		: redirectToFolder(request);
}

async function missing(
	request: Request,
	answers: FileAnswers,
	isHtml: boolean,
): Promise<Response> {
	const page = isHtml ? await answers.named(["404.html"]) : undefined;
	const response = page && (await answers.send(request, page, 404));
	if (response === undefined) {
		throw new HTTPException(404);
	}
	return response;
}
