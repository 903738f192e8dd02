import type { App } from "../app/app.ts";
import { describeFailure } from "../server/lifecycle/failure-text.ts";
import type { Finding } from "./check-finding.ts";
import { listRoutes } from "./route-list.ts";

/** Builds the app, without starting it: what it refuses is an error, what it warns of a warning. */
export async function appFindings(app: App): Promise<Finding[]> {
	const warnings: Finding[] = [];
	const warn = (text: string) => warnings.push({ level: "warning", text });
	try {
		app.inspect({ info: () => {}, warn, error: warn });
	} catch (error) {
		if (!(error instanceof Error) || !("code" in error)) {
			throw error;
		}
		return [...warnings, { level: "error", text: describeFailure(error) }]; // a SetupError, perhaps of another copy of this package
	}
	return [...warnings, ...unnamedHandlers(app)];
}

/** Operation ids, and the names of functions in generated clients, are made of handlers' names. */
function* unnamedHandlers(app: App): Generator<Finding> {
	for (const { name, methods, path } of listRoutes(app)) {
		if (name === "" && methods.length > 0) {
			yield {
				level: "warning",
				text: `${methods.join(", ")} ${path}: the handler has no name, so that clients' functions are named after the path; write it as a named function, or give the route a name`,
			};
		}
	}
}
