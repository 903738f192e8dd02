import { SetupError } from "../errors/setup-error.ts";
import type { Request } from "../http/request.ts";
import {
	isOrigin,
	isOriginOfHost,
	originRemedy,
} from "../http/request-origin.ts";

/**
 * The origins whose pages may open a socket: a list as browsers write them (`https://shop.example`), `"same"` for the host that was
 * asked alone, `"any"`. Who sends no `Origin` is no browser's page, and is let in.
 */
export type AllowedOrigins = readonly string[] | "same" | "any";

/** Says what a value must be that is no such thing. */
export function originsMistake(value: unknown): string | undefined {
	return value === "same" || value === "any" || Array.isArray(value)
		? undefined
		: '"same", "any" or a list of origins such as "https://shop.example"';
}

/** @throws SetupError `VIV_OPTION` for what is no origin as browsers send it */
export function assertOrigins(
	where: string,
	allowed: AllowedOrigins | undefined,
): void {
	for (const origin of typeof allowed === "object" ? allowed : []) {
		if (!isOrigin(origin)) {
			throw new SetupError(
				"VIV_OPTION",
				`${where}: allowedOrigins has ${JSON.stringify(origin)}, which is no origin as browsers send it; ${originRemedy(origin)}.`,
			);
		}
	}
}

/** Tells whether a handshake may come from where it says that it comes. */
export function isOriginAllowed(
	request: Request,
	allowed: AllowedOrigins,
): boolean {
	const origin = request.header("origin");
	if (allowed === "any" || origin === undefined) {
		return true;
	}
	if (allowed !== "same") {
		return allowed.includes(origin);
	}
	return isOriginOfHost(origin, request.header("host"));
}
