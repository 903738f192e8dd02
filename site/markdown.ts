import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { pagesFolder } from "./pages.ts";

const root = join(import.meta.dirname, "..");

/**
 * Makes the pages, which are written to be read in the repository as well, fit for the site: links to files that are no pages lead to the
 * repository (or are their text alone while nobody has said where that is), `{{` is no program, and a block that is a file says its name.
 *
 * @param repository the address of the sources as a browser shows them, without a slash at the end
 */
export function adaptMarkdown(
	markdown: MarkdownRenderer,
	repository: string | undefined,
): void {
	adaptLinks(markdown, repository);
	markdown.renderer.rules.text = (tokens, index) =>
		markdown.utils
			.escapeHtml(tokens[index]?.content ?? "")
			.replaceAll("{{", "&#123;&#123;");
	showFileNames(markdown);
}

function adaptLinks(
	markdown: MarkdownRenderer,
	repository: string | undefined,
): void {
	markdown.core.ruler.push("vivace_links", ({ tokens, env }) => {
		for (const { children } of tokens) {
			const closing: boolean[] = [];
			for (const token of children ?? []) {
				if (token.type === "link_open") {
					const href = String(token.attrGet("href"));
					const target = targetOf(href, pathOf(env), repository);
					closing.push(target === undefined);
					if (target === undefined) {
						token.type = "text";
						token.tag = "";
						token.nesting = 0;
						token.content = "";
					} else {
						token.attrSet("href", target);
					}
				} else if (token.type === "link_close" && closing.pop() === true) {
					token.type = "text";
					token.tag = "";
					token.nesting = 0;
					token.content = "";
				}
			}
		}
	});
}

/** The file that is being rendered; VitePress gives it with every page. */
function pathOf(env: { path?: string; realPath?: string }): string {
	return env.realPath ?? env.path ?? "";
}

/** Where a link leads on the site; undefined for a file of a repository that has no address. */
function targetOf(
	href: string,
	page: string,
	repository: string | undefined,
): string | undefined {
	if (/^(?:[a-z]+:|#|\/)/i.test(href)) {
		return href;
	}
	const [path = "", anchor] = href.split("#");
	const file = join(dirname(page), decodeURI(path));
	const inPages = relative(pagesFolder, file).replaceAll("\\", "/");
	const suffix = anchor === undefined ? "" : `#${anchor}`;
	if (!inPages.startsWith("..") && /\.md$/.test(file)) {
		return href.replace(/README\.md(?=#|$)/, "index.md");
	}
	if (repository === undefined || !existsSync(file)) {
		return undefined;
	}
	return `${repository}/${relative(root, file).replaceAll("\\", "/")}${suffix}`;
}

/** A block that begins with ```` ```ts [main.ts] ```` gets its file's name above it. */
function showFileNames(markdown: MarkdownRenderer): void {
	const { fence } = markdown.renderer.rules;
	if (fence === undefined) {
		return;
	}
	markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
		// read first: VitePress takes it away
		const name = /\[([^\]]+)\]/.exec(tokens[index]?.info ?? "")?.[1];
		const block = fence(tokens, index, options, env, self);
		return name === undefined
			? block
			: `<div class="file-block"><div class="file-name">${markdown.utils.escapeHtml(name)}</div>${block}</div>`;
	};
}
