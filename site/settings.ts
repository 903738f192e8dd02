import { readFileSync } from "node:fs";
import { join } from "node:path";

/** For which release the site is built, and where it will stand. */
export interface SiteSettings {
	/** The part of the address that names the release: `0.1`. */
	readonly release: string;
	/** The path of all releases, with a slash at both ends. */
	readonly siteBase: string;
	/** Where the sources can be read; undefined until the package says it. */
	readonly repository: string | undefined;
}

/** The options of `main.ts`, which reach VitePress's configuration through the environment. */
export function settings(
	environment: NodeJS.ProcessEnv = process.env,
): SiteSettings {
	const { version, repository } = JSON.parse(
		readFileSync(
			join(import.meta.dirname, "../packages/vivace/package.json"),
			"utf8",
		),
	) as { version: string; repository?: { url?: string } };
	const address = repository?.url?.replace(/^git\+|\.git$/g, "");
	return {
		release: environment.DOCS_RELEASE ?? minorOf(version),
		siteBase: environment.DOCS_BASE ?? "/",
		repository:
			address === undefined ? undefined : `${address}/blob/v${version}`,
	};
}

/** A release that only mends keeps its address: 0.1.3 is published as 0.1. */
export function minorOf(version: string): string {
	return version.split(".").slice(0, 2).join(".");
}
