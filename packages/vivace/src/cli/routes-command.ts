import { styleText } from "node:util";
import { print } from "./print.ts";
import {
	type ListedRoute,
	type ListedSecurity,
	listRoutes,
} from "./route-list.ts";
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
	const asksForCredentials = routes.some(
		({ security, isPublic }) => security.length > 0 || isPublic,
	);
	const head = ["METHOD", "PATH", "NAME"].concat(
		asksForCredentials ? ["WHO", "DEPENDENCIES"] : ["DEPENDENCIES"],
	);
	return textTable([
		head.map((title) => styleText("bold", title)),
		...routes.map((route) => [
			route.methods.join(", ") || "any",
			route.path,
			route.name || "-",
			...(asksForCredentials ? [whoText(route)] : []),
			route.dependencies.map(dependencyText).join(", ") || "-",
		]),
	]);
}

/** Who may call it: `HTTPBearer (orders:read)`, `anyone`. */
function whoText({ security, methods }: ListedRoute): string {
	const required = security.filter(({ isRequired }) => isRequired);
	if (required.length > 0) {
		return [...new Set(required.map(securityText))].join(", ");
	}
	return methods.length === 0 ? "its own" : "anyone";
}

function securityText({ name, scopes }: ListedSecurity): string {
	return scopes.length === 0 ? name : `${name} (${scopes.join(" ")})`;
}

/** The scope is told where it is not the default. */
function dependencyText({
	name,
	scope,
}: ListedRoute["dependencies"][number]): string {
	return scope === "request" ? name : `${name} (${scope})`;
}
