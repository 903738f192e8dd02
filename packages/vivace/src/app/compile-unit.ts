import { completeAnswer } from "../http/answer.ts";
import { resolveLimits } from "../http/limits.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { behindPrefix } from "../http/raw-path.ts";
import { Request } from "../http/request.ts";
import { parsePathTemplate } from "../routing/path-template.ts";
import { exitTimeoutMs } from "./app-options.ts";
import type { AppContext } from "./app-scopes.ts";
import type { CompileContext } from "./compile.ts";
import { compileDispatch, type Dispatch } from "./dispatch.ts";
import { ForeignRoute, restOfPath } from "./mount.ts";
import { OperationRoute, type Route } from "./route.ts";
import type { Unit } from "./unit.ts";

/** What compiling units needs of their assembly. */
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
	for (const [operation, graph] of unit.graphs) {
		const route = new OperationRoute(operation, graph, context, unit.path);
		compiler.onRoute(route);
		table.add(operation.methods, operation.template, route);
	}
	for (const { path, name, unit: mounted } of unit.mounts) {
		const template = parsePathTemplate(`${path}/{${restOfPath}:path}`);
		const route =
			"parts" in mounted
				? mountedRoute(mounted, path, compiler)
				: new ForeignRoute(path, mounted, { path: unit.path + path, name });
		table.add(undefined, template, route);
	}
	return compileDispatch({
		table,
		middleware: parts.middleware,
		handlers: parts.handlers,
		logger: parts.logger,
		redirectSlashes: parts.options.redirectSlashes ?? true,
		complete: isOutermost ? completeAnswer : undefined,
	});
}

/** Everything that the plans of a unit are compiled with. */
export function unitContext(
	{ parts: { options }, overrides }: Unit,
	cellOf: AppContext["cellOf"],
): CompileContext {
	return {
		cellOf,
		exitTimeoutMs: exitTimeoutMs(options),
		strict: options.strict ?? false,
		limits: resolveLimits(options.limits),
		errorInput: options.errorInput ?? true,
		overrides,
	};
}

function mountedRoute(unit: Unit, path: string, compiler: UnitCompiler): Route {
	const dispatch = compileUnit(unit, compiler, false);
	return {
		names: [restOfPath],
		match: (method, rawPath) =>
			unit.routes.match(method, behindPrefix(rawPath, path) || "/"),
		respond: (request) => {
			const source = new MountedSource(request, path);
			return dispatch(
				new Request(request.exchange, unit.context, source, request),
			);
		},
	};
}
