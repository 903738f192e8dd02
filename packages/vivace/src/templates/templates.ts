import {
	assertArgument,
	assertOptions,
	type OptionRules,
	told,
} from "../errors/options.ts";
import type { PathValue } from "../http/matched-route.ts";
import type { Request } from "../http/request.ts";
import type { ResponseOptions } from "../http/response.ts";
import { type Dependency, dependency } from "../inject/dependency.ts";
import {
	absoluteDirectories,
	assertDirectories,
} from "../static/directories.ts";
import { etaEngine } from "./eta-engine.ts";
import type { TemplateEngine, TemplateSet } from "./template-engine.ts";
import { templateNames } from "./template-names.ts";
import { TemplateResponse } from "./template-response.ts";

/** Adds values for every template: the logged-in user, the texts of a language. */
export type ContextProcessor = (request: Request) => object | Promise<object>;

/** Options of {@link templates}. */
export interface TemplatesOptions {
	/** The engine that renders the templates. Default: Eta, from the package `eta`, which you must install. */
	readonly engine?: TemplateEngine;
	/**
	 * Adds values to each template's context; later functions override earlier ones, and the handler's values override all. Default:
	 * none.
	 */
	readonly context?: ContextProcessor | readonly ContextProcessor[];
	/**
	 * True when templates are read again each time, so that you see changes at once. Default: true with `NODE_ENV=development`, which
	 * `vivace dev` sets.
	 */
	readonly reload?: boolean;
}

/** Values that every template has, in addition to those that it is given. */
export interface TemplateGlobals {
	readonly request: Request;
	/** The absolute URL of a route, from its name: `it.urlFor("read_item", { id: 5 })`. */
	readonly urlFor: (
		name: string,
		values?: Readonly<Record<string, PathValue>>,
	) => string;
}

/**
 * Renders a template as a response.
 *
 * @typeParam Pages the names of the templates, and what each must be given
 */
export type Render<Pages> = <Name extends keyof Pages & string>(
	/** From the folder; without an ending it is the engine's own. */
	name: Name,
	...given: Partial<Pages[Name]> extends Pages[Name]
		? [context?: Pages[Name], options?: ResponseOptions]
		: [context: Pages[Name], options?: ResponseOptions]
) => Promise<TemplateResponse<Pages[Name] & TemplateGlobals>>;

/** Templates whose names and contexts no type describes. */
export type AnyPages = Readonly<
	Record<string, Readonly<Record<string, unknown>>>
>;

const rules: OptionRules<TemplatesOptions> = {
	engine: (engine) =>
		typeof (engine as TemplateEngine | null)?.open === "function"
			? undefined
			: "an engine, with a method open()",
	context: (context) =>
		[context].flat().every((each) => typeof each === "function")
			? undefined
			: "a function of the request, or a list of them",
	reload: "boolean",
};

/**
 * A dependency that renders the templates in a folder as responses. They are compiled when the app starts, so an invalid one stops the
 * start. Printed values are escaped for HTML.
 *
 * @typeParam Pages the names of the templates, and what each must be given. Default: any
 * @param directory path of the folder, from the working directory if it is relative; of several the first one that has a template is used
 * @throws SetupError `VIV_OPTION` when the folder doesn't exist or an option is invalid
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { templates } from "vivace/templates";
 *
 * interface Pages {
 * 	home: { user: string };
 * }
 *
 * const declare = () => {
 * 	const render = templates<Pages>("templates"); // templates/home.eta: <h1>Hello <%= it.user %></h1>
 * 	const app = new App();
 * 	app.get("/", { render }, ({ render }) => render("home", { user: "Ada" }));
 * 	return app;
 * };
 * ```
 * @see FastAPI, "Templates"; Starlette, "Templates"
 */
export function templates<Pages extends object = AnyPages>(
	directory: string | readonly string[],
	options: TemplatesOptions = {},
): Dependency<Render<Pages>> {
	const name = `templates(${Array.isArray(directory) ? directory.map(told).join(", ") : told(directory)})`;
	assertOptions(name, options, rules);
	const directories = absoluteDirectories(name, directory);
	assertDirectories(name, directories);
	const { engine = etaEngine() } = options;
	const reload =
		options.reload ?? globalThis.process?.env.NODE_ENV === "development";
	const processors = [options.context ?? []].flat();
	const set = dependency(
		async () => {
			const names = await templateNames(directories);
			return engine.open({ directories, names, reload });
		},
		{ name, scope: "app" },
	);
	return dependency(
		{ set },
		({ set }, request) => renderer<Pages>(set, request, processors),
		{ name },
	);
}

function renderer<Pages>(
	set: TemplateSet,
	request: Request,
	processors: readonly ContextProcessor[],
): Render<Pages> {
	return async (name, ...[context = {}, options]) => {
		assertArgument("render()", "name", name, "text");
		assertArgument(`render("${name}")`, "context", context, "record");
		const globals: TemplateGlobals = {
			request,
			urlFor: (route, values) => request.urlFor(route, values),
		};
		const whole: Record<string, unknown> = { ...globals };
		for (const process of processors) {
			Object.assign(whole, await process(request));
		}
		Object.assign(whole, context);
		const text = await set.render(name, whole);
		// the type says what was put into it above
		return new TemplateResponse(text, name, whole as never, options);
	};
}
