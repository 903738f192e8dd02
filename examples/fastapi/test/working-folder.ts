import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** Lets this test file run in an empty folder, for the ports that write files; it is removed after the last test. */
export function useWorkingFolder(): void {
	const home = process.cwd();
	const folder = mkdtempSync(join(tmpdir(), "vivace-ports-"));
	process.chdir(folder);
	after(() => {
		process.chdir(home);
		rmSync(folder, { recursive: true });
	});
}
