import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import llms from "vitepress-plugin-llms";
import { adaptMarkdown } from "../markdown.ts";
import { navigationOf } from "../navigation.ts";
import { anchorOf, pagesFolder, readPages } from "../pages.ts";
import { settings } from "../settings.ts";

const { release, siteBase, repository } = settings();
const { top, side } = navigationOf(readPages());
const description =
	"A web framework for TypeScript: FastAPI's way of working, and the right lifespan for every resource";

// a part of the page, so that no browser asks for one beside it
const icon =
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%2312805e'/%3E%3Cpath d='M8 9l8 15 8-15' fill='none' stroke='white' stroke-width='4'/%3E%3C/svg%3E";

// a page that explains goes before one that lists
const boostDocument = (id: string) => (id.includes("/reference/") ? 0.2 : 1);

// VitePress writes into the lists that it is given
const copy = <Value>(value: Value): Value => structuredClone(value);

export default defineConfig({
	title: "Vivace",
	description,
	lang: "en",
	srcDir: pagesFolder,
	cacheDir: join(import.meta.dirname, "../node_modules/.cache/vitepress"),
	base: `${siteBase}${release}/`,
	rewrites: (path) => path.replace(/README\.md$/, "index.md"),
	metaChunk: true,
	head: [["link", { rel: "icon", type: "image/svg+xml", href: icon }]],
	vite: {
		// the pages are outside of this folder, and so is what they are compiled to, which imports Vue
		plugins: [
			llms({ injectLLMHint: false, title: "Vivace", description }),
			{
				name: "vue-for-pages",
				enforce: "pre",
				resolveId(id, importer, options) {
					const isOfPage = importer?.startsWith(pagesFolder) === true;
					return isOfPage && /^vue(?:\/|$)/.test(id)
						? this.resolve(id, import.meta.filename, options)
						: undefined;
				},
			},
		],
	},
	markdown: {
		html: false,
		// without a grammar of their own
		languageAlias: { caddy: "nginx", haproxy: "ini" },
		theme: { light: "github-light-high-contrast", dark: "github-dark" },
		anchor: { slugify: anchorOf },
		headers: { slugify: anchorOf },
		config: (markdown) => adaptMarkdown(markdown, repository),
	},
	themeConfig: {
		nav: copy(top) as never,
		sidebar: copy(side) as never,
		outline: [2, 3],
		search: {
			provider: "local",
			options: { miniSearch: { searchOptions: { boostDocument } } },
		},
		externalLinkIcon: true,
		docFooter: { prev: "Previous page", next: "Next page" },
		footer: { message: `Vivace ${release}, MIT licence` },
		release,
		siteBase,
	} as never,
	transformPageData(page) {
		if (page.relativePath === "index.md") {
			page.frontmatter = {
				...page.frontmatter,
				...JSON.parse(
					readFileSync(join(import.meta.dirname, "home.json"), "utf8"),
				),
			};
		}
	},
});
