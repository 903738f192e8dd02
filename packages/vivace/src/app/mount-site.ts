import { told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Request } from "../http/request.ts";
import { isHost } from "../http/request-origin.ts";
import { compilePattern, type Pattern } from "../routing/path-pattern.ts";
import {
	joinTemplate,
	type PathTemplate,
	parsePathTemplate,
} from "../routing/path-template.ts";
import { encodePath, urlPathFor } from "../routing/url-path.ts";

/** Where something is mounted: below a path, or at a host. */
export interface MountPlace {
	/** Through the prefixes of routers, without a final slash; the empty string is the root. */
	readonly path: string;
	/** The host alone: a name with parameters, and perhaps a port; `undefined` for every host. */
	readonly host: string | undefined;
	/** Stands before the names of its routes, with a colon; empty: they are the app's own. */
	readonly name: string;
	/** True when it may be called without credentials. */
	readonly isPublic: boolean;
	/** Made where it is declared. */
	readonly declared: Error;
}

/** The name of the parameter that takes the rest of the path. */
export const restOfPath = "path";

/** A place, ready for requests and for addresses. */
export class MountSite {
	readonly place: MountPlace;
	/** The template that a request's path must match; its last parameter is the rest. */
	readonly template: PathTemplate;
	/** The names of its parameters in host and path, without the rest. */
	readonly names: readonly string[];
	/** The names of all that a request is read for here, the rest too. */
	readonly routeNames: readonly string[];
	/** Of the path, as OpenAPI writes it: `/tenants/{tenant}`. */
	readonly openapi: string;
	readonly #prefix: PathTemplate | undefined;
	readonly #host: PathTemplate | undefined;
	#matchesHost: Pattern | undefined;

	/** @throws SetupError `VIV_PATH` */
	constructor(place: MountPlace) {
		this.place = place;
		const { path, host } = place;
		this.#prefix = path === "" ? undefined : parsePathTemplate(path);
		this.#host = host === undefined ? undefined : hostTemplate(host);
		this.template = parsePathTemplate(`${path}/{${restOfPath}:path}`);
		this.openapi = this.#prefix?.openapi ?? "";
		this.names = [...(this.#host?.names ?? []), ...(this.#prefix?.names ?? [])];
		this.routeNames = host === undefined ? this.template.names : this.names;
	}

	/** The texts of the parameters in a host; `undefined` for another host. */
	hostTexts(host: string | undefined): readonly string[] | undefined {
		const template = this.#host;
		if (template === undefined || host === undefined || !isHost(host)) {
			return undefined;
		}
		this.#matchesHost ??= compilePattern(template);
		return this.#matchesHost(`/${withoutPort(host).toLowerCase()}`);
	}

	/** The path below which a request has found it, decoded. */
	pathOf(texts: readonly string[]): string {
		const prefix = this.#prefix;
		if (prefix === undefined || prefix.names.length === 0) {
			return this.place.path;
		}
		return joinTemplate(prefix.literals, (index) => texts[index] as string);
	}

	/** The path, encoded, made of the values of its parameters; of others nothing is asked. */
	pathFor(values: Readonly<Record<string, unknown>>): string {
		const prefix = this.#prefix;
		return prefix === undefined
			? ""
			: prefix.names.length === 0
				? encodePath(this.place.path)
				: urlPathFor(prefix, only(values, prefix.names));
	}

	/** The host, made of the values of its parameters, with its port if it has one; `undefined` for the host of the request. */
	hostFor(values: Readonly<Record<string, unknown>>): string | undefined {
		const { host } = this.place;
		const template = this.#host;
		if (template === undefined || host === undefined) {
			return undefined;
		}
		const made = urlPathFor(template, only(values, template.names)).slice(1);
		return made + host.slice(withoutPort(host).length);
	}

	/** Values without those of its parameters. */
	rest<Value>(
		values: Readonly<Record<string, Value>>,
	): Readonly<Record<string, Value>> {
		return this.names.length === 0
			? values
			: Object.fromEntries(
					Object.entries(values).filter(([name]) => !this.names.includes(name)),
				);
	}
}

/** The path below which a request has come to what is mounted, decoded. */
export function pathOfMount(site: MountSite, request: Request): string {
	const { pathTexts } = request;
	const own = site.template.names.length;
	return site.pathOf(pathTexts.slice(pathTexts.length - own));
}

function only(
	values: Readonly<Record<string, unknown>>,
	names: readonly string[],
): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(values).filter(([name]) => names.includes(name)),
	);
}

/** RFC 9110 §7.2; the port of an IPv6 address stands behind its brackets. */
function withoutPort(host: string): string {
	return host.replace(/:\d*$/, "");
}

/** A host as a path with one segment; its literals in lower case, as hosts are compared. */
function hostTemplate(host: string): PathTemplate {
	return parsePathTemplate(
		`/${withoutPort(host).replace(/\{[^}]*\}|[^{]+/g, (part) => (part.startsWith("{") ? part : part.toLowerCase()))}`,
	);
}

/**
 * The path below which something is mounted, without a final slash; the empty string is the root.
 * @throws SetupError `VIV_PATH`
 */
export function mountPath(path: unknown): string {
	if (typeof path !== "string" || !path.startsWith("/")) {
		throw new SetupError(
			"VIV_PATH",
			`mount(): the path must begin with "/", got ${told(path)}; write mount("/sub", app).`,
		);
	}
	const below = path.replace(/\/+$/, "");
	if (below.includes("{")) {
		assertRestFree(parsePathTemplate(below), `mount("${path}")`);
	}
	return below;
}

/** @throws SetupError `VIV_PATH` for what is no host */
export function assertMountHost(host: unknown): asserts host is string {
	const example = 'write host("{tenant}.example.com", app)';
	if (typeof host !== "string" || host === "" || /[/\s?#]/.test(host)) {
		throw new SetupError(
			"VIV_PATH",
			`host(): expected a host without scheme and path, got ${told(host)}; ${example}.`,
		);
	}
	assertRestFree(hostTemplate(host), `host("${host}")`);
}

function assertRestFree({ names }: PathTemplate, where: string): void {
	if (names.includes(restOfPath)) {
		throw new SetupError(
			"VIV_PATH",
			`${where}: "${restOfPath}" stands for the rest of the path below a mount; give the parameter another name.`,
		);
	}
}
