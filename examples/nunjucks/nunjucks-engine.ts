import nunjucks from "nunjucks";
import type { TemplateEngine, TemplateGlobals } from "vivace/templates";

/** The `this` of a global function of Nunjucks. */
interface Caller {
	readonly ctx: TemplateGlobals;
}

/**
 * Jinja2's templates for `vivace/templates`, by Nunjucks: `{{ name }}`, `{% for %}`, `{% extends %}`, and `url_for(name, id=5)` as Starlette has
 * it. Names have their endings, and are told from the folder.
 */
export function nunjucksEngine(): TemplateEngine {
	return {
		open({ directories, names, reload }) {
			const loader = new nunjucks.FileSystemLoader([...directories], {
				noCache: reload,
			});
			const environment = new nunjucks.Environment(loader, {
				autoescape: true,
			});
			environment.addGlobal("url_for", urlFor);
			for (const name of names) {
				environment.getTemplate(name, true); // compiles it, so that one that is broken stops the start
			}
			return { render: (name, context) => environment.render(name, context) };
		},
	};
}

/** @param named keyword arguments come as a record, with a mark beside them */
function urlFor(
	this: Caller,
	name: string,
	named: Readonly<Record<string, string>> = {},
): string {
	const { __keywords, ...values } = named;
	return this.ctx.urlFor(name, values);
}
