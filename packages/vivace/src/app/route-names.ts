import { SetupError } from "../errors/setup-error.ts";
import type { PathValue } from "../http/matched-route.ts";
import {
	type PathTemplate,
	parsePathTemplate,
} from "../routing/path-template.ts";
import { encodePath, urlPathFor } from "../routing/url-path.ts";

/** The names of an app's routes, as paths are made from them. */
export interface NamedRoutes {
	/** Of a name that stands several times the first whose parameters fit counts, as in Starlette. */
	readonly operations: readonly {
		readonly name: string;
		readonly template: PathTemplate;
	}[];
	readonly mounts: readonly {
		readonly path: string;
		/** Stands before the names of what is mounted, with a colon; empty: they are the app's own. */
		readonly name: string;
		/** `undefined` for what is no app of ours. */
		readonly routes: NamedRoutes | undefined;
	}[];
}

type PathValues = Readonly<Record<string, PathValue>>;

/**
 * The path of the route with a name, from where the app is served. `"admin:read_user"` is `read_user` of what is mounted as `admin`,
 * `"static"` with a value for `path` a path below the mount of that name.
 *
 * @throws SetupError `VIV_ROUTE` when there is no such name, naming those that there are, or the values don't fit its path
 */
export function pathFor(
	routes: NamedRoutes,
	name: string,
	values: PathValues = {},
): string {
	const made = pathIfNamed(routes, name, values);
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
export function pathIfNamed(
	routes: NamedRoutes,
	name: string,
	values: PathValues,
): string | undefined {
	const own = routes.operations.filter((each) => each.name === name);
	const fitting = own.find(({ template }) => hasNames(template, values));
	const chosen = fitting ?? own[0];
	if (chosen !== undefined && name !== "") {
		return urlPathFor(chosen.template, values);
	}
	for (const mount of routes.mounts) {
		const below = pathBelow(mount, name, values);
		if (below !== undefined) {
			return encodePath(mount.path) + below;
		}
	}
	return undefined;
}

function pathBelow(
	mount: NamedRoutes["mounts"][number],
	name: string,
	values: PathValues,
): string | undefined {
	if (mount.name !== "" && mount.name === name) {
		const rest = String(values.path ?? "").replace(/^\/+/, "");
		return urlPathFor(anyPath, { ...values, path: rest });
	}
	const prefix = mount.name === "" ? "" : `${mount.name}:`;
	return mount.routes !== undefined && name.startsWith(prefix)
		? pathIfNamed(mount.routes, name.slice(prefix.length), values)
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
		...routes.mounts.flatMap(({ name, routes: inner }) => {
			const below = inner === undefined ? [] : namesOf(inner);
			return name === ""
				? below
				: [name, ...below.map((each) => `${name}:${each}`)];
		}),
	];
}
