import { styleText } from "node:util";
import { print } from "./print.ts";
import { type ListedRoute, listRoutes } from "./route-list.ts";
import { seeApp } from "./seen-app.ts";
import { textTable } from "./text-table.ts";

/** Options of `vivace routes`. */
export interface RoutesOptions {
	readonly app?: string;
	readonly json?: boolean;
}

/** Prints the path operations of an app as a table, or as JSON. */
export async function routesCommand(
	file: string | undefined,
	options: RoutesOptions,
): Promise<number> {
	const routes = listRoutes(await seeApp(file, options.app));
	if (options.json) {
		await print(JSON.stringify(routes, undefined, 2));
	} else if (routes.length === 0) {
		await print("The app has no path operations");
	} else {
		await print(routesTable(routes));
	}
	return 0;
}

function routesTable(routes: readonly ListedRoute[]): string {
	const head = ["METHOD", "PATH", "NAME", "DEPENDENCIES"];
	return textTable([
		head.map((title) => styleText("bold", title)),
		...routes.map(({ methods, path, name, dependencies }) => [
			methods.join(", ") || "any",
			path,
			name || "-",
			dependencies.map(dependencyText).join(", ") || "-",
		]),
	]);
}

/** The scope is told where it is not the default. */
function dependencyText({
	name,
	scope,
}: ListedRoute["dependencies"][number]): string {
	return scope === "request" ? name : `${name} (${scope})`;
}
