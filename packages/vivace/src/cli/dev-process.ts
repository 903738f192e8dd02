/**
 * Runs one version of a program for `vivace dev`, in a process of its own: another module graph, another set of resources. Its
 * connections are accepted by `vivace dev`, which goes on listening when this version is replaced by the next.
 */

import { hostServe } from "../server/lifecycle/serve-host.ts";
import { serve } from "../server/serve.ts";
import { CommandError } from "./command-error.ts";
import { DevHost } from "./dev-host.ts";
import type { DevProgram } from "./dev-message.ts";
import { loadProgram } from "./load-program.ts";
import { reportLoadedFiles } from "./loaded-files.ts";

const program: DevProgram = JSON.parse(process.argv[2] ?? "");
process.argv.splice(1, 2, program.files[0] ?? "");

// more than the ten of the runtime: those of packages stand before those of the program
Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
process.setSourceMapsEnabled?.(true); // compiled programs are told as they were written
const host = new DevHost(program);
reportLoadedFiles((file) => host.send({ type: "file", file }));
hostServe(host);
try {
	const { app, isServing } = await loadProgram(
		program.files,
		program.app,
		host.served,
	);
	if (!isServing) {
		await serve(app);
	}
	await host.allOpen();
	host.send({ type: "ready" });
} catch (error) {
	console.error(error instanceof CommandError ? error.message : error);
	process.exit(1);
}
