/**
 * Imported by every test file on Node: what one process has compiled, TypeScript too, the next one reads. Plain JavaScript, so that a
 * process which finds everything does not load the remover of types. The programs that a test starts do without, as a user's do.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// a function that comes from the cache is not counted in its own right (node:module, "enableCompileCache")
const [, file = ""] = process.argv;
const countsFunctions = file.endsWith("request-path.test.ts");

if (!countsFunctions) {
	enableCompileCache(
		join(import.meta.dirname, "../node_modules/.cache/compiled-tests"),
	);
}
