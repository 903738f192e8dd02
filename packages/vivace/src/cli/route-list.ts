import type { App } from "../app/app.ts";
import type { PathOperation } from "../app/path-operation.ts";
import type { DependencyScope } from "../inject/declaration.ts";

/** One path that an app answers. */
export interface ListedRoute {
	/** Upper case; empty for what is mounted there and answers by itself. */
	readonly methods: readonly string[];
	/** With its parameters in braces. */
	readonly path: string;
	/** Name of the handler. */
	readonly name: string;
	/** The dependencies that are made for a request, in this order: each after those that it needs. */
	readonly dependencies: readonly ListedDependency[];
	/** The security schemes that a request must pass, or may; none for what is mounted and answers by itself. */
	readonly security: readonly ListedSecurity[];
	/** True when it says `public: true`. */
	readonly isPublic: boolean;
}

/** A security scheme of a {@link ListedRoute}. */
export interface ListedSecurity {
	readonly name: string;
	readonly scopes: readonly string[];
	/** False when a request passes without credentials, too. */
	readonly isRequired: boolean;
}

/** A dependency of a {@link ListedRoute}. */
export interface ListedDependency {
	readonly name: string;
	readonly scope: DependencyScope;
}

/** The path operations of an app and of the apps that are mounted in it, and its front ends, in the order in which they are tried. */
export function listRoutes(app: App, prefix = ""): ListedRoute[] {
	const own = app
		.operations()
		.map((operation) => listedOperation(app, operation, prefix));
	const mounted = app.mounts().flatMap(({ site, target }) => {
		const { path, host = "" } = site.place;
		const below = host + prefix + path;
		return "operations" in target
			? listRoutes(target as unknown as App, below) // by its methods: it may be of another copy of this package
			: [mountedThing(`${below}/…`, site.place.isPublic)];
	});
	const sockets = app.sockets().map(({ operation }) => ({
		...listedOperation(app, operation, prefix),
	}));
	const fronts = app.frontends().map(({ prefix: below, operation }) => ({
		...listedOperation(app, operation, prefix),
		path: `${prefix}${below}/…`,
	}));
	return [...own, ...sockets, ...mounted, ...fronts];
}

function mountedThing(path: string, isPublic: boolean): ListedRoute {
	return {
		methods: [],
		path,
		name: "",
		dependencies: [],
		security: [],
		isPublic,
	};
}

function listedOperation(
	app: App,
	operation: PathOperation,
	prefix: string,
): ListedRoute {
	const { order, security, usedResources } = app.graphOf(operation);
	return {
		methods: operation.methods,
		path: prefix + operation.template.text,
		name: operation.name,
		dependencies: [
			...[...usedResources, ...order].map(({ name, dependency }) => ({
				name,
				scope: dependency.scope,
			})),
		],
		security: security.map(({ declaration, scopes }) => ({
			name: declaration.name,
			scopes,
			isRequired: declaration.isRequired ?? true,
		})),
		isPublic: operation.isPublic,
	};
}
