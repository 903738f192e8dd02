import { docsAssets } from "../../docs/docs-assets.ts";
import type { ResolvedServeOptions } from "./serve-options.ts";
import { watchdogThreadFile } from "./watchdog.ts";

/**
 * Warns of what the program lacks when it was bundled without the files that the package reads beside its own. Once, before the start: a
 * page that does not open, and a process that is not ended though it hangs, are found too late.
 */
export function warnOfBundle(
	documentationPath: string | undefined,
	{ log, signals }: Pick<ResolvedServeOptions, "log" | "signals">,
): void {
	if (isPackaged.test(import.meta.url)) {
		return; // looking for the files would load the file system, which takes Deno 14 ms
	}
	const missing: string[] = [];
	if (documentationPath !== undefined && areAssetsMissing()) {
		missing.push(
			`the folder "assets" (what ${documentationPath} loads: the page is answered with 404)`,
		);
	}
	if (signals && watchdogThreadFile() === undefined) {
		missing.push(
			'"watchdog-thread.js" (ends a process that is told to stop while its event loop is blocked)',
		);
	}
	if (missing.length > 0) {
		log.warn(
			`Vivace is bundled without ${missing.join(" and ")}: copy from the package vivace to where the program is, or leave the package out of the bundle (esbuild --packages=external); see its guide, bundling.md.`,
		);
	}
}

/** The file that this stands in, as it is published and as it is developed; a bundle has another name. */
const isPackaged = /\/(?:vivace-[\w-]{8}\.js|bundle-warning\.ts)$/;

function areAssetsMissing(): boolean {
	const { existsSync } = process.getBuiltinModule("node:fs");
	return Array.from(docsAssets.values()).some(({ file }) => !existsSync(file));
}
