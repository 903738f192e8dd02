import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
	Application,
	Converter,
	type ProjectReflection,
	type TypeDocOptions,
} from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { pagesFolder } from "./pages.ts";

const packages = join(import.meta.dirname, "../packages");

/** The section that is made of the sources rather than written; Git does not keep it. */
export const referenceFolder: string = join(pagesFolder, "reference");

/**
 * Writes a page for each public name of the published packages, from the comments of their sources.
 *
 * @throws Error when the sources can't be read
 */
export async function writeReference(): Promise<void> {
	const options: Partial<TypeDocOptions & PluginOptions> = {
		entryPoints: ["vivace", "vivace-database"].flatMap(entriesOf),
		tsconfig: join(import.meta.dirname, "tsconfig.reference.json"),
		plugin: ["typedoc-plugin-markdown"],
		// the repository's own compiler has checked them, a newer one
		skipErrorChecking: true,
		excludeInternal: true,
		excludePrivate: true,
		excludeExternals: true,
		disableSources: true,
		logLevel: "Error",
		out: referenceFolder,
		readme: "none",
		name: "Reference",
		router: "member",
		entryFileName: "README",
		hidePageHeader: true,
		hideBreadcrumbs: true,
		parametersFormat: "table",
		classPropertiesFormat: "list",
		interfacePropertiesFormat: "table",
		typeDeclarationFormat: "table",
		useCodeBlocks: true,
		expandParameters: true,
		pageTitleTemplates: {
			index: "Reference",
			module: ({ rawName }) => rawName,
			member: ({ rawName }) => rawName.replace(/\\?<.*$/s, ""),
		},
	};
	const application = await Application.bootstrapWithPlugins(options);
	// a module's file is called as its entry is
	application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
		for (const module of project.children ?? []) {
			module.name = module.name.replace("/src", "");
		}
	});
	const project = await application.convert();
	if (project === undefined) {
		throw new Error("typedoc could not read the sources of the packages.");
	}
	rmSync(referenceFolder, { recursive: true, force: true });
	await application.generateOutputs(project);
	for (const path of globSync("**/*.md", { cwd: referenceFolder })) {
		const file = join(referenceFolder, path);
		writeFileSync(file, withoutAnchors(readFileSync(file, "utf8")));
	}
	writeFileSync(join(referenceFolder, "README.md"), overviewOf(project));
}

/** The rows of tables have anchors in HTML, which the site shows as text: a link to one leads to its page. */
function withoutAnchors(text: string): string {
	return text
		.replaceAll(/<a id="[^"]*"><\/a> ?/g, "")
		.replaceAll(/\[([^\]]*)\]\(#(?:property|type-parameter)-[^)]*\)/g, "$1")
		.replaceAll(
			/(\]\([^)\s#]*\.md)#(?:property|type-parameter)-[^)]*\)/g,
			"$1)",
		);
}

function overviewOf({ children = [] }: ProjectReflection): string {
	const rows = children.map(
		({ name, children: names = [] }) =>
			`| [\`${name}\`](${name}/README.md) | ${names.length} |`,
	);
	return [
		"# Reference",
		"Every public name of the packages, made from the comments of their sources. The [guide](../guide/README.md) says when to take which.",
		["| import from | names |", "| --- | ---: |", ...rows].join("\n"),
		"",
	].join("\n\n");
}

/** The sources of the entries of a package. */
function entriesOf(name: string): string[] {
	const folder = join(packages, name);
	const { exports } = JSON.parse(
		readFileSync(join(folder, "package.json"), "utf8"),
	) as { exports: Record<string, string> };
	return Object.values(exports)
		.filter((file) => file.endsWith(".ts"))
		.map((file) => join(folder, file));
}
