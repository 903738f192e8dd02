import { SetupError } from "../errors/setup-error.ts";
import type { PathValue, RouteAddress } from "../http/matched-route.ts";
import {
	type PathTemplate,
	parsePathTemplate,
} from "../routing/path-template.ts";
import { urlPathFor } from "../routing/url-path.ts";
import type { MountSite } from "./mount-site.ts";

/** The names of an app's routes, as paths are made from them. */
export interface NamedRoutes {
	/** Of a name that stands several times the first whose parameters fit counts, as in Starlette. */
	readonly operations: readonly {
		readonly name: string;
		readonly template: PathTemplate;
		/** True for a socket, whose URL begins with `ws`. */
		readonly isSocket?: boolean;
	}[];
	readonly mounts: readonly {
		readonly site: MountSite;
		/** `undefined` for what is no app of ours. */
		readonly routes: NamedRoutes | undefined;
	}[];
}

type PathValues = Readonly<Record<string, PathValue>>;

/**
 * Where the route with a name is, from where the app is served. `"admin:read_user"` is `read_user` of what is mounted as `admin`,
 * `"static"` with a value for `path` a path below the mount of that name; values for the parameters of mounts stand beside the others.
 *
 * @throws SetupError `VIV_ROUTE` when there is no such name, naming those that there are, or the values don't fit its path
 */
export function addressFor(
	routes: NamedRoutes,
	name: string,
	values: PathValues = {},
): RouteAddress {
	const made = addressIfNamed(routes, name, values);
	if (made !== undefined) {
		return made;
	}
	const names = [...new Set(namesOf(routes))].map((each) => `"${each}"`);
	throw new SetupError(
		"VIV_ROUTE",
		`there is no route "${name}"; ${names.length === 0 ? "no route has a name (a handler's name is its route's)" : `the names are ${names.join(", ")}`}.`,
	);
}

/** `undefined` where the name is none of these. */
export function addressIfNamed(
	routes: NamedRoutes,
	name: string,
	values: PathValues,
): RouteAddress | undefined {
	const own = routes.operations.filter((each) => each.name === name);
	const fitting = own.find(({ template }) => hasNames(template, values));
	const chosen = fitting ?? own[0];
	if (chosen !== undefined && name !== "") {
		const path = urlPathFor(chosen.template, values);
		return { path, host: undefined, isSocket: chosen.isSocket ?? false };
	}
	for (const mount of routes.mounts) {
		const below = addressBelow(mount, name, mount.site.rest(values));
		if (below !== undefined) {
			return {
				path: mount.site.pathFor(values) + below.path,
				host: below.host ?? mount.site.hostFor(values),
				isSocket: below.isSocket ?? false,
			};
		}
	}
	return undefined;
}

function addressBelow(
	{ site, routes }: NamedRoutes["mounts"][number],
	name: string,
	values: PathValues,
): RouteAddress | undefined {
	const { name: own } = site.place;
	if (own !== "" && own === name) {
		const rest = String(values.path ?? "").replace(/^\/+/, "");
		const path = urlPathFor(anyPath, { ...values, path: rest });
		return { path, host: undefined };
	}
	const prefix = own === "" ? "" : `${own}:`;
	return routes !== undefined && name.startsWith(prefix)
		? addressIfNamed(routes, name.slice(prefix.length), values)
		: undefined;
}

const anyPath: PathTemplate = parsePathTemplate("/{path:path}");

function hasNames({ names }: PathTemplate, values: PathValues): boolean {
	return (
		names.length === Object.keys(values).length &&
		names.every((name) => Object.hasOwn(values, name))
	);
}

function namesOf(routes: NamedRoutes): string[] {
	return [
		...routes.operations.flatMap(({ name }) => (name === "" ? [] : [name])),
		...routes.mounts.flatMap(
			({
				site: {
					place: { name },
				},
				routes: inner,
			}) => {
				const below = inner === undefined ? [] : namesOf(inner);
				return name === ""
					? below
					: [name, ...below.map((each) => `${name}:${each}`)];
			},
		),
	];
}
