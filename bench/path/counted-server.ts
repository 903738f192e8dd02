/**
 * Preloaded into a server of `bench/http`: counts what it enters when the parent asks for it. Vivace is run from its sources, so that its files are
 * those that a reader would open, not the bundle's.
 */
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FunctionCounter } from "../shared/entered-functions.ts";

const root = join(import.meta.dirname, "../..");
const vivace = pathToFileURL(join(root, "packages/vivace/src/index.ts")).href;
const benches = pathToFileURL(join(root, "bench/")).href;

registerHooks({
	resolve: (specifier, context, nextResolve) =>
		nextResolve(specifier === "vivace" ? vivace : specifier, context),
});

/** The server's own file and this one are no framework. */
function isFramework(file: string): boolean {
	return !file.startsWith(benches) || file.includes("/node_modules/");
}

const counter = new FunctionCounter(isFramework);

process.on("message", async (question) => {
	if (question === "begin") {
		await counter.begin();
		process.send?.("begun");
	} else if (question === "end") {
		const { byFile } = await counter.end();
		process.send?.([...byFile]);
	}
});
