import { completeAnswer } from "../http/answer.ts";
import { resolveLimits } from "../http/limits.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { behindPrefix } from "../http/raw-path.ts";
import { Request, type RequestContext } from "../http/request.ts";
import { encodePath } from "../routing/url-path.ts";
import { exitTimeoutMs } from "./app-options.ts";
import type { AppContext } from "./app-scopes.ts";
import type { CompileContext } from "./compile.ts";
import { compileDispatch, type Dispatch } from "./dispatch.ts";
import { warnOfHiddenRoutes } from "./hidden-routes.ts";
import { ForeignRoute } from "./mount.ts";
import { type MountSite, pathOfMount } from "./mount-site.ts";
import type { PathOperation } from "./path-operation.ts";
import { OperationRoute, type Route } from "./route.ts";
import type { Unit } from "./unit.ts";
import type { UnitRoutes } from "./unit-routes.ts";

/** The port of a unit's compiler to its assembly. */
export interface UnitCompiler {
	readonly cellOf: AppContext["cellOf"];
	/** Hears of each compiled path operation, which can be compiled anew. */
	onRoute(route: OperationRoute): void;
}

/** The way of the requests of an app, and of those that it hands on to what is mounted in it. */
export function compileUnit(
	unit: Unit,
	compiler: UnitCompiler,
	isOutermost: boolean,
): Dispatch {
	const { parts, routes } = unit;
	const { table } = routes;
	const context = unitContext(unit, compiler.cellOf);
	const operations = new Map<Route, PathOperation>();
	for (const [operation, graph] of unit.graphs) {
		const route = operation.endpoint.atItsLine(
			() => new OperationRoute(operation, graph, context, unit.path),
		);
		operations.set(route, operation);
		compiler.onRoute(route);
		table.add(operation.methods, operation.template, route);
	}
	for (const [placed, graph] of unit.frontGraphs) {
		const { operation } = placed;
		const route = new OperationRoute(operation, graph, context, unit.path);
		compiler.onRoute(route);
		routes.fronts.add(placed, route, unit.path);
	}
	for (const { site, unit: mounted } of unit.mounts) {
		const route =
			"parts" in mounted
				? mountedRoute(mounted, unit, site, compiler)
				: new ForeignRoute(site, mounted, unit);
		if (site.place.host === undefined) {
			table.add(undefined, site.template, route);
		} else {
			routes.hosts.push({ site, route });
		}
	}
	table.index();
	warnOfHiddenRoutes(table, operations, context.warn);
	return compileDispatch({
		table,
		hosts: routes.hosts,
		fronts: routes.fronts,
		hasOuterNames: unit.outerNames.length > 0,
		middleware: parts.middleware,
		handlers: parts.handlers,
		logger: parts.logger,
		redirectSlashes: parts.options.redirectSlashes ?? true,
		complete: isOutermost ? completeAnswer : undefined,
	});
}

/** Everything that the plans of a unit are compiled with. */
export function unitContext(
	{ parts: { options, logger }, overrides, outerNames }: Unit,
	cellOf: AppContext["cellOf"],
): CompileContext {
	return {
		cellOf,
		exitTimeoutMs: exitTimeoutMs(options),
		strict: options.strict ?? false,
		warn: (line) => logger.warn(line),
		limits: resolveLimits(options.limits),
		errorInput: options.errorInput ?? true,
		overrides,
		outerNames,
	};
}

function mountedRoute(
	unit: Unit,
	outer: Unit,
	site: MountSite,
	compiler: UnitCompiler,
): Route {
	const dispatch = compileUnit(unit, compiler, false);
	const contextOf = unit.path.includes("{")
		? contextWhereFound(unit)
		: () => unit.context;
	const { outerNames } = unit;
	return {
		names: [...outer.outerNames, ...site.routeNames],
		match: (asked, texts) => {
			const path = behindPrefix(asked.path, site.pathOf(texts)) || "/";
			return unit.routes.match({ ...asked, path });
		},
		respond: (request) => {
			const { exchange, pathTexts } = request;
			const path = pathOfMount(site, request);
			const source = new MountedSource(request, path);
			const context = contextOf(request, path);
			const inner = new Request(exchange, context, source, request);
			if (outerNames.length > 0) {
				inner.pathTexts = pathTexts.slice(0, outerNames.length);
				inner.pathNames = outerNames;
			}
			return dispatch(inner);
		},
	};
}

/** Makes the context of a unit whose path has parameters: each request has found for itself where that is. */
function contextWhereFound(
	unit: Unit,
): (request: Request, path: string) => RequestContext {
	return ({ context: outer }, path) => {
		const found = encodePath(path);
		const { path: outerPath } = outer.routes as UnitRoutes; // units have no other
		return {
			...unit.context,
			rootPath: outer.rootPath + found,
			routes: unit.routes.at(outerPath + found),
		};
	};
}
