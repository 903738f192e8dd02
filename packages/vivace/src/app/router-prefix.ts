import { SetupError } from "../errors/setup-error.ts";
import { parsePathTemplate } from "../routing/path-template.ts";

/** How messages name a router. */
export function routerLabel(prefix: string | undefined): string {
	return `Router${prefix ? ` "${prefix}"` : ""}`;
}

/** @throws SetupError `VIV_PATH` when paths can't stand behind it */
export function assertPrefix(prefix: string | undefined, where: string): void {
	if (prefix === undefined || prefix === "") {
		return;
	}
	if (!prefix.startsWith("/") || prefix.endsWith("/")) {
		throw new SetupError(
			"VIV_PATH",
			`${where}: the prefix "${prefix}" must begin with "/" and not end with one; write "/${prefix.replace(/^\/+|\/+$/g, "")}".`,
		);
	}
	parsePathTemplate(prefix);
}
