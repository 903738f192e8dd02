import { completeAnswer } from "../http/complete-answer.ts";
import { type OpenRequest, requestOpener } from "../http/incoming.ts";
import { resolveLimits } from "../http/limits.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { behindPrefix } from "../http/raw-path.ts";
import { Request, type RequestContext } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { encodePath } from "../routing/url-path.ts";
import { exitTimeoutMs } from "./app-options.ts";
import type { AppContext } from "./app-scopes.ts";
import type { CompileContext } from "./compile.ts";
import { compileDispatch, type Dispatch } from "./dispatch.ts";
import { warnOfHiddenRoutes } from "./hidden-routes.ts";
import { warnOfMisplacedNames } from "./misplaced-names.ts";
import { warnOfMisreadValues } from "./misread-values.ts";
import { ForeignRoute } from "./mount.ts";
import { type MountSite, pathOfMount } from "./mount-site.ts";
import { warnOfOpenOrigins } from "./open-origins.ts";
import type { PathOperation } from "./path-operation.ts";
import { replied } from "./reply.ts";
import { OperationRoute, type Route } from "./route.ts";
import {
	compileSocketDispatch,
	type SocketDispatch,
} from "./socket-dispatch.ts";
import { OperationSocketRoute, type SocketRoute } from "./socket-route.ts";
import type { Unit } from "./unit.ts";
import type { UnitRoutes } from "./unit-routes.ts";
import { unseenTeller } from "./unseen-members.ts";
import { warnOfUnsentBodies } from "./unsent-bodies.ts";
import { warnOfUnusedGuards } from "./unused-guards.ts";

/** The port of a unit's compiler to its assembly. */
export interface UnitCompiler {
	readonly cellOf: AppContext["cellOf"];
	/** Hears of each compiled path operation, which can be compiled anew. */
	onRoute(route: { recompile(): void }): void;
}

/** The ways through a unit. */
export interface UnitDispatch {
	readonly requests: Dispatch;
	readonly sockets: SocketDispatch;
}

/** The way of the requests and handshakes of an app, and of those that it hands on to what is mounted in it. */
export function compileUnit(
	unit: Unit,
	compiler: UnitCompiler,
	isOutermost: boolean,
): UnitDispatch {
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
	const sockets = addSockets(unit, context, compiler);
	warnOfOpenOrigins(unit.socketGraphs, context.sockets, context.warn);
	for (const [placed, graph] of unit.frontGraphs) {
		const { operation } = placed;
		const route = new OperationRoute(operation, graph, context, unit.path);
		compiler.onRoute(route);
		routes.fronts.add(placed, route, unit.path);
	}
	for (const { site, unit: mounted } of unit.mounts) {
		const { route, socketRoute } =
			"parts" in mounted
				? mountedRoutes(mounted, unit, site, compiler, context.open)
				: {
						route: new ForeignRoute(site, mounted, unit, context.open),
						socketRoute: undefined,
					};
		if (site.place.host !== undefined) {
			routes.hosts.push({ site, route, socketRoute });
			continue;
		}
		table.add(undefined, site.template, route);
		routes.sockets.add(undefined, site.template, socketRoute ?? noSockets);
	}
	table.index();
	routes.sockets.index();
	warnOfHiddenRoutes(routes.sockets, sockets, context.warn);
	warnOfDoubts(unit, operations, context.warn);
	const shared = {
		hasOuterNames: unit.outerNames.length > 0,
		handlers: parts.handlers,
		logger: parts.logger,
		complete: isOutermost ? completeAnswer : undefined,
		open: context.open,
	};
	return {
		requests: compileDispatch({
			...shared,
			table,
			hosts: routes.hosts,
			fronts: routes.fronts,
			middleware: parts.middleware,
			redirectSlashes: parts.options.redirectSlashes ?? true,
		}),
		sockets: compileSocketDispatch({
			...shared,
			guards: parts.middleware.filter(({ forSockets }) => forSockets === true),
			table: routes.sockets,
			hosts: routes.hosts.map(({ site, socketRoute = noSockets }) => ({
				site,
				route: socketRoute,
			})),
		}),
	};
}

/** Gives the sockets by their routes. */
function addSockets(
	unit: Unit,
	context: CompileContext,
	compiler: UnitCompiler,
): ReadonlyMap<SocketRoute, PathOperation> {
	const sockets = new Map<SocketRoute, PathOperation>();
	for (const [socket, graph] of unit.socketGraphs) {
		const { operation } = socket;
		const route = operation.endpoint.atItsLine(
			() => new OperationSocketRoute(socket, graph, context, unit.path),
		);
		compiler.onRoute(route);
		sockets.set(route, operation);
		unit.routes.sockets.add(undefined, operation.template, route);
	}
	return sockets;
}

/** Tells of what can be declared and is hardly meant. */
function warnOfDoubts(
	{ graphs, parts, routes }: Unit,
	operations: ReadonlyMap<Route, PathOperation>,
	warn: CompileContext["warn"],
): void {
	warnOfHiddenRoutes(routes.table, operations, warn);
	warnOfUnsentBodies(graphs, warn);
	warnOfUnusedGuards(graphs, warn);
	// these take 20 µs for each path operation, and were told in development
	if (globalThis.process?.env.NODE_ENV !== "production") {
		warnOfMisplacedNames(graphs, warn);
		warnOfMisreadValues(graphs, warn);
	}
	parts.handlers.warnOfReplaced(warn);
}

/** Stands where something is mounted that has no sockets of ours. */
const noSockets: SocketRoute = {
	names: [],
	match: () => undefined,
	respond: (request, follow) =>
		follow(request, Promise.resolve(new Response(null, { status: 403 }))),
};

/** Everything that the plans of a unit are compiled with. */
export function unitContext(
	unit: Unit,
	cellOf: AppContext["cellOf"],
): CompileContext {
	const { overrides, outerNames, socketCounts } = unit;
	const { options, logger } = unit.parts;
	return {
		open: requestOpener(() => unit.context),
		sockets: options.sockets ?? {},
		socketCounts,
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

function mountedRoutes(
	unit: Unit,
	outer: Unit,
	site: MountSite,
	compiler: UnitCompiler,
	open: OpenRequest,
): { readonly route: Route; readonly socketRoute: SocketRoute } {
	const dispatch = compileUnit(unit, compiler, false);
	const contextOf = unit.path.includes("{")
		? contextWhereFound(unit)
		: () => unit.context;
	const { outerNames } = unit;
	const tellUnseen = unseenTeller((line) => outer.parts.logger.warn(line));
	const within = (request: Request): Request => {
		const { exchange, pathTexts } = request;
		const path = pathOfMount(site, request);
		const source = new MountedSource(request, path);
		const context = contextOf(request, path);
		const inner = new Request(exchange, context, source, request);
		if (outerNames.length > 0) {
			inner.pathTexts = pathTexts.slice(0, outerNames.length);
			inner.pathNames = outerNames;
		}
		tellUnseen?.(request, inner);
		return inner;
	};
	const place: Pick<Route, "names" | "match"> = {
		names: [...outer.outerNames, ...site.routeNames],
		match: (asked, texts) => {
			const path = behindPrefix(asked.path, site.pathOf(texts)) || "/";
			return unit.routes.match({ ...asked, path });
		},
	};
	return {
		route: {
			...place,
			respond: (incoming, reply) =>
				replied(
					incoming,
					dispatch.requests(within(open(incoming))) as
						| Response
						| Promise<Response>, // it is mounted
					reply,
				),
		},
		socketRoute: {
			...place,
			respond: (request, follow) =>
				dispatch.sockets(within(request), (_, outcome) =>
					follow(request, outcome),
				),
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
