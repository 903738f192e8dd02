import { existsSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { Script } from "node:vm";
import type { Eta as EtaClass, Options as EtaOptions } from "eta";
import { SetupError } from "../errors/setup-error.ts";
import type { TemplateEngine, TemplateFolder } from "./template-engine.ts";

type Eta = InstanceType<typeof EtaClass>;

/**
 * Templates of [Eta](https://eta.js.org): `<%= it.name %>` prints, escaped; `<%~ it.html %>` prints as it is; `<% if (…) { %>` is JavaScript;
 * `include("./row", { … })` and `layout("./page")` name other templates, from the folder of the one that they stand in or, with a slash,
 * from the topmost. What is null or undefined prints nothing. A name without an ending ends with `.eta`.
 */
export function etaEngine(): TemplateEngine {
	return {
		async open(folder) {
			const { Eta } = await loadEta();
			const eta = new Eta({
				autoEscape: true,
				autoFilter: true,
				filterFunction: (value) => (value ?? "") as string, // it is made a text after that
				cache: !folder.reload,
				debug: true, // an error says in which line of which template; sets a number for each tag
			});
			const paths = new TemplatePaths(folder);
			eta.resolvePath = (name, options) => paths.find(name, options?.filepath);
			const compile = eta.compile;
			eta.compile = (text, options) => compiled(eta, compile, text, options);
			for (const name of folder.names) {
				const path = paths.find(`/${name}`, undefined);
				const text = eta.readFile?.(path) ?? "";
				eta.templatesSync.define(path, eta.compile(text, { filepath: path }));
			}
			return { render: (name, context) => eta.render(`/${name}`, context) };
		},
	};
}

async function loadEta(): Promise<typeof import("eta")> {
	try {
		return await import("eta");
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'templates(): the package "eta", which reads them, could not be loaded; install it (npm install eta), or give another engine.',
			{ cause },
		);
	}
}

/** The files that names of templates stand for. */
class TemplatePaths {
	readonly #folder: TemplateFolder;
	readonly #known = new Map<string, string>();

	constructor(folder: TemplateFolder) {
		this.#folder = folder;
	}

	/**
	 * @param from the template in which the name stands
	 * @throws Error when there is none
	 */
	find(name: string, from: string | undefined): string {
		const wanted = this.#wanted(name, from);
		const known = this.#known.get(wanted);
		if (known !== undefined && !this.#folder.reload) {
			return known;
		}
		for (const directory of this.#folder.directories) {
			const path = join(directory, wanted);
			if (existsSync(path)) {
				this.#known.set(wanted, path);
				return path;
			}
		}
		throw new Error(
			`there is no template "${wanted}"; there are ${this.#folder.names.join(", ") || "none"}.`,
		);
	}

	/** From the topmost folder, with an ending. */
	#wanted(name: string, from: string | undefined): string {
		const base =
			from === undefined || name.startsWith("/") ? "" : this.#own(from);
		const whole = join("/", dirname(`/${base}`), name).slice(1);
		return whole.replaceAll("\\", "/") + (extname(whole) === "" ? ".eta" : "");
	}

	#own(path: string): string {
		const directory = this.#folder.directories.find((each) =>
			path.startsWith(each),
		);
		return relative(directory ?? "", path);
	}
}

/** Compiles a template; an error says in which, and in which line. */
function compiled(
	eta: Eta,
	compile: Eta["compile"],
	text: string,
	options: Partial<EtaOptions> | undefined,
): ReturnType<Eta["compile"]> {
	const { filepath = "" } = options ?? {};
	try {
		return compile.call(eta, text, options);
	} catch (cause) {
		const { message } = cause as Error;
		const told = /^(.*?) at line (\d+) col (\d+):/.exec(message);
		if (told !== null) {
			const [, what, line, column] = told;
			throw new Error(`${filepath}:${line}:${column}: ${what}`, { cause });
		}
		const line = lineOfMistake(eta, text, options);
		const what = message.split("\n").find((each, index) => index > 0 && each);
		const place = line === undefined ? filepath : `${filepath}:${line}`;
		throw new Error(`${place}: ${what ?? message}`, { cause });
	}
}

/** The line of the tag whose JavaScript can't be read. */
function lineOfMistake(
	eta: Eta,
	text: string,
	options: Partial<EtaOptions> | undefined,
): number | undefined {
	const wrong = eta.parse
		.call(eta, text)
		.find((part) => typeof part === "object" && !isExpression(part));
	if (typeof wrong === "object") {
		return wrong.lineNo;
	}
	const lines = eta.compileToString.call(eta, text, options).split("\n");
	try {
		new Script(`(function(it,options){\n${lines.join("\n")}\n})`, {
			filename: "template",
		});
	} catch (error) {
		const [, at] = /^template:(\d+)/.exec((error as Error).stack ?? "") ?? [];
		const before = lines.slice(0, at === undefined ? 0 : Number(at) - 1);
		const last = before.findLast((line) => line.startsWith("__eta.line="));
		return last === undefined
			? undefined
			: Number(last.slice("__eta.line=".length));
	}
	return undefined;
}

/** False for what is to be printed and is no expression; of statements nothing is said, for they may go on in the next tag. */
function isExpression({
	t,
	val,
}: {
	readonly t: string;
	readonly val: string;
}) {
	if (t === "e") {
		return true;
	}
	try {
		new Script(`(${val}\n)`);
		return true;
	} catch {
		return false;
	}
}
