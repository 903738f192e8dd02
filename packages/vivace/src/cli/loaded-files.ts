import nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { type FileVersion, readFileVersion } from "./file-version.ts";

/** Not on Bun. */
const { registerHooks }: Partial<typeof nodeModule> = nodeModule;

/** True when this runtime tells which modules are loaded. */
export const canReportLoadedFiles: boolean = registerHooks !== undefined;

/**
 * Tells of every local file that this process loads as a module from now on, by `import` or `require`, before it is read; also of one that
 * is imported but not there. Packages are not local. Tells of none where {@link canReportLoadedFiles} is false.
 *
 * @returns ends that
 */
export function reportLoadedFiles(
	report: (file: FileVersion) => void,
): () => void {
	const reportIfLocal = (url: string) => {
		const path = localPath(url);
		if (path !== undefined) {
			report(readFileVersion(path));
		}
	};
	const hooks = registerHooks?.({
		load(url, context, nextLoad) {
			reportIfLocal(url);
			return nextLoad(url, context);
		},
		resolve(specifier, context, nextResolve) {
			try {
				return nextResolve(specifier, context);
			} catch (error) {
				if (error instanceof Error && "url" in error) {
					reportIfLocal(String(error.url));
				}
				throw error;
			}
		},
	});
	return () => hooks?.deregister();
}

function localPath(url: string): string | undefined {
	return url.startsWith("file:") && !url.includes("/node_modules/")
		? fileURLToPath(url)
		: undefined;
}
